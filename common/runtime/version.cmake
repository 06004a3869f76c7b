# Run at each build: writes version.cpp when version or commit have changed.
# Where there is no history, as in an image's build, the environment may tell the commit.
set(LAMPLIGHT_COMMIT unknown)
if(NOT "$ENV{LAMPLIGHT_COMMIT}" STREQUAL "")
  set(LAMPLIGHT_COMMIT $ENV{LAMPLIGHT_COMMIT})
endif()
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
                OUTPUT_VARIABLE found RESULT_VARIABLE status OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(status EQUAL 0 AND found)
  set(LAMPLIGHT_COMMIT ${found})
endif()
configure_file(${IN} ${OUT} @ONLY)
