import Attacks
import Foundation
import TestSupport

exit(Attacker.run(Array(CommandLine.arguments.dropFirst())))
