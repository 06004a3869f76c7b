# cmake -DOUT=<file.cpp> -DFOLDER=<schemas> -DFILES=a;b -P embed.cmake: writes the files into a C++ source as raw literals.
set(text "// Generated from schemas/: do not edit.\n#include \"embedded_files.hpp\"\n\nnamespace lamplight::embedded {\n\n")
string(APPEND text "std::string_view file(std::string_view name) {\n")
foreach(name IN LISTS FILES)
  file(READ "${FOLDER}/${name}" content)
  string(APPEND text "  if (name == \"${name}\") return R\"lamplight(${content})lamplight\";\n")
endforeach()
string(APPEND text "  return {};\n}\n\n}  // namespace lamplight::embedded\n")
file(WRITE "${OUT}" "${text}")
