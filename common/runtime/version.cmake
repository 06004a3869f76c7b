# Run at each build: writes version.cpp when version or commit have changed.
set(LAMPLIGHT_COMMIT unknown)
execute_process(COMMAND git -C ${SOURCE} rev-parse --short=12 HEAD
                OUTPUT_VARIABLE found RESULT_VARIABLE status OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(status EQUAL 0 AND found)
  set(LAMPLIGHT_COMMIT ${found})
endif()
configure_file(${IN} ${OUT} @ONLY)
