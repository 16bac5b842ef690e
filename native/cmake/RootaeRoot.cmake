# ROOT and its targets, for the plug-in and for programs that are linked to it.
#
# The package in Python's wheel of ROOT names paths of the machine that it was built on, so that
# find_package fails. There targets are made of the libraries themselves.
#
# ROOTAE_ROOT_HOME: the folder of ROOT. Where nobody says it, that of the root-config which is found
# first, or else that of the wheel of the Python on PATH.

if(NOT ROOTAE_ROOT_HOME)
  find_program(ROOTAE_ROOT_CONFIG root-config HINTS "$ENV{ROOTSYS}/bin" "${ROOT_DIR}/../bin")
  find_program(ROOTAE_PYTHON NAMES python3 python)
  if(ROOTAE_ROOT_CONFIG)
    get_filename_component(ROOTAE_ROOT_HOME "${ROOTAE_ROOT_CONFIG}" REALPATH)
    get_filename_component(ROOTAE_ROOT_HOME "${ROOTAE_ROOT_HOME}/../.." ABSOLUTE)
  elseif(ROOTAE_PYTHON)
    set(asked "from importlib.util import find_spec; s = find_spec('ROOT'); print(s.origin or '')")
    execute_process(COMMAND "${ROOTAE_PYTHON}" -c "${asked}" OUTPUT_VARIABLE found
                    ERROR_QUIET OUTPUT_STRIP_TRAILING_WHITESPACE)
    if(found)
      get_filename_component(ROOTAE_ROOT_HOME "${found}" DIRECTORY)
    endif()
  endif()
endif()

if(EXISTS "${ROOTAE_ROOT_HOME}/__init__.py" AND NOT TARGET ROOT::Core)
  execute_process(COMMAND "${ROOTAE_ROOT_HOME}/bin/root-config" --version
                  OUTPUT_VARIABLE ROOT_VERSION OUTPUT_STRIP_TRAILING_WHITESPACE)
  file(GLOB libraries "${ROOTAE_ROOT_HOME}/lib/lib*.so")
  foreach(library ${libraries})
    get_filename_component(part "${library}" NAME_WE)
    string(REGEX REPLACE "^lib" "ROOT::" part "${part}")
    add_library(${part} SHARED IMPORTED)
    set_target_properties(
      ${part} PROPERTIES IMPORTED_LOCATION "${library}"
                         INTERFACE_INCLUDE_DIRECTORIES "${ROOTAE_ROOT_HOME}/include"
                         INTERFACE_COMPILE_FEATURES cxx_std_17)
    if(NOT part STREQUAL "ROOT::Core")
      set_target_properties(${part} PROPERTIES INTERFACE_LINK_LIBRARIES ROOT::Core)
    endif()
  endforeach()
  # it finds its own libraries as it runs
  set_target_properties(ROOT::Core PROPERTIES INTERFACE_LINK_OPTIONS
                                              LINKER:--allow-shlib-undefined)
  set(ROOT_FOUND TRUE)
elseif(NOT TARGET ROOT::Core)
  find_package(ROOT 6.26 QUIET COMPONENTS RIO Net Tree TreePlayer ROOTDataFrame
               HINTS "${ROOTAE_ROOT_HOME}")
else()
  set(ROOT_FOUND TRUE)
endif()
