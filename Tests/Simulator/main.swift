import Foundation

#if FAULTS
  import Simulation

  exit(Simulator.run(Array(CommandLine.arguments.dropFirst())))
#else
  FileHandle.standardError.write(
    Data("deaddrop-sim: build it with fault injection: make sim\n".utf8))
  exit(2)
#endif
