# HEXL asks for a package "CpuFeatures" and clones it when it finds none. The registry's sources of HEXL
# lack it, so this folder answers with the five flags that HEXL reads (see cpuinfo_x86.h).
add_library(CpuFeatures::cpu_features INTERFACE IMPORTED GLOBAL)
set_target_properties(CpuFeatures::cpu_features PROPERTIES
  INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_LIST_DIR}")
set(CpuFeatures_FOUND TRUE)
