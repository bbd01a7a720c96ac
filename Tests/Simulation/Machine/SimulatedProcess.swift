#if FAULTS
  import Foundation
  package import Host

  /// What goes wrong at one call of a process.
  package struct ProcessFault: Equatable, Sendable, CustomStringConvertible {
    package enum Place: Equatable, Sendable {
      /// From 0, among all calls of the process.
      case call(Int)
      /// The first write to a log.
      case append
    }

    package let place: Place
    package let verdict: MachineVerdict

    package var description: String { "\(verdict) at \(place)" }

    fileprivate func strikes(_ number: Int, _ call: SystemCall, _ path: String) -> Bool {
      switch place {
      case .call(let chosen): number == chosen
      case .append: call == .write && path.hasSuffix(".jsonl") && path.contains("_to_")
      }
    }
  }

  /// One run of a program on a simulated host.
  ///
  /// Only one thread of a simulation runs at a time, which is what makes this safe to share.
  package final class SimulatedProcess: Machine, @unchecked Sendable {
    private let host: SimulatedHost
    private let turns: Turnstile
    private let fault: ProcessFault?
    private var hasStruck = false
    private var openings: [Int32: Opening] = [:]
    private var lastDescriptor: Int32 = 1_000_000
    private var callCount = 0
    package private(set) var isDead = false
    private var random: SimulationRandom

    package init(
      on host: SimulatedHost, fault: ProcessFault?, turns: Turnstile, random: SimulationRandom
    ) {
      (self.host, self.fault, self.turns, self.random) = (host, fault, turns, random)
    }

    /// Runs the body as this process; when it returns or dies, all that it held open is closed.
    package func run<Value>(_ body: () throws -> Value) rethrows -> Value {
      defer { end() }
      return try Faults.$machine.withValue(self, operation: body)
    }

    private func end() {
      for opening in openings.values { opening.unlock() }
      openings = [:]
    }

    /// Power was cut under it.
    package func kill() {
      isDead = true
      end()
    }

    package func before(_ call: SystemCall, _ path: String) -> MachineVerdict {
      host.time.nanoseconds += 2_000
      turns.pass()
      if isDead { return .die(after: 0) }
      defer { callCount += 1 }
      guard let fault, !hasStruck, fault.strikes(callCount, call, path) else { return .pass }
      hasStruck = true
      switch fault.verdict {
      case .die: isDead = true
      // What cannot fail so is left alone.
      case .fail, .short: if !call.canFail { return .pass }
      case .pass: break
      }
      return fault.verdict
    }

    // MARK: files

    package func open(_ name: String, at directory: Int32, flags: Int32, mode: UInt16) -> Int {
      let base = openings[directory]?.folder
      let wantsFolder = flags & O_DIRECTORY != 0
      guard let (folder, last) = host.disk.place(of: name, from: base) else { return -Int(ENOENT) }
      switch host.disk.node(at: name, from: base) {
      case .folder(let found)?:
        if !wantsFolder, flags & (O_WRONLY | O_RDWR) != 0 { return -Int(EISDIR) }
        return number(Opening(.folder(found), isAppending: false))
      case .file(let found)?:
        if wantsFolder { return -Int(ENOTDIR) }
        if flags & O_EXCL != 0 { return -Int(EEXIST) }
        return number(Opening(.file(found), isAppending: flags & O_APPEND != 0))
      case nil:
        guard flags & O_CREAT != 0 else { return -Int(ENOENT) }
        let file = host.disk.newFile(mode)
        host.disk.change(.init(parts: [(folder, last, .file(file))]))
        return number(Opening(.file(file), isAppending: flags & O_APPEND != 0))
      }
    }

    private func number(_ opening: Opening) -> Int {
      lastDescriptor += 1
      openings[lastDescriptor] = opening
      return Int(lastDescriptor)
    }

    package func close(_ descriptor: Int32) {
      openings.removeValue(forKey: descriptor)?.unlock()
    }

    package func status(of descriptor: Int32, _ status: inout FileStatus?) -> Int {
      guard let opening = openings[descriptor] else { return -Int(EBADF) }
      status = facts(opening.node)
      return 0
    }

    package func status(
      of name: String, at directory: Int32, _ status: inout FileStatus?
    ) -> Int {
      guard let node = host.disk.node(at: name, from: openings[directory]?.folder) else {
        return -Int(ENOENT)
      }
      status = facts(node)
      return 0
    }

    private func facts(_ node: SimulatedDisk.Node) -> FileStatus {
      switch node {
      case .file(let file):
        FileStatus(
          kind: .regular, byteCount: Int64(file.bytes.count), owner: Environment.effectiveUser,
          mode: file.mode, device: UInt64(host.number + 1), inode: file.number)
      case .folder(let folder):
        FileStatus(
          kind: .directory, owner: Environment.effectiveUser, mode: folder.mode,
          device: UInt64(host.number + 1), inode: folder.number)
      }
    }

    package func read(
      _ descriptor: Int32, at offset: Int64, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
      guard let file = openings[descriptor]?.file else { return -Int(EBADF) }
      let bytes = file.bytes.dropFirst(Int(offset)).prefix(buffer.count)
      // SAFETY: no more bytes are copied than the buffer has.
      unsafe buffer.copyBytes(from: bytes)
      return bytes.count
    }

    package func write(
      _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int64?
    ) -> Int {
      guard let opening = openings[descriptor], let file = opening.file else { return -Int(EBADF) }
      var content = file.bytes
      let start = opening.isAppending ? content.count : Int(offset ?? Int64(content.count))
      if content.count < start { content += [UInt8](repeating: 0, count: start - content.count) }
      let end = min(content.count, start + bytes.count)
      // SAFETY: the buffer is the caller's for the length of the call.
      unsafe content.replaceSubrange(start..<end, with: bytes)
      file.change(to: content)
      return bytes.count
    }

    package func truncate(_ descriptor: Int32, to byteCount: Int64) -> Int {
      guard let file = openings[descriptor]?.file else { return -Int(EBADF) }
      file.change(to: Array(file.bytes.prefix(Int(byteCount))))
      return 0
    }

    package func changeMode(of descriptor: Int32, to mode: UInt16) -> Int {
      switch openings[descriptor]?.node {
      case .file(let file): file.mode = mode
      case .folder(let folder): folder.mode = mode
      case nil: return -Int(EBADF)
      }
      return 0
    }

    package func synchronize(_ descriptor: Int32) -> Int {
      switch openings[descriptor]?.node {
      case .file(let file): file.settle()
      case .folder(let folder): host.disk.settle(folder)
      case nil: return -Int(EBADF)
      }
      return 0
    }

    package func lock(_ descriptor: Int32, exclusive: Bool) -> Int {
      guard let opening = openings[descriptor], let file = opening.file else { return -Int(EBADF) }
      let others = file.holders.filter { $0 !== opening }
      if !others.isEmpty, exclusive || file.isLockExclusive { return -Int(EWOULDBLOCK) }
      file.holders = others + [opening]
      file.isLockExclusive = exclusive
      return 0
    }

    package func unlock(_ descriptor: Int32) -> Int {
      openings[descriptor]?.unlock()
      return 0
    }
  }

  // MARK: names, clocks, chance
  extension SimulatedProcess {
    package func makeDirectory(_ name: String, at directory: Int32, mode: UInt16) -> Int {
      guard let (folder, last) = host.disk.place(of: name, from: openings[directory]?.folder) else {
        return -Int(ENOENT)
      }
      if folder.names[last] != nil { return -Int(EEXIST) }
      host.disk.change(
        .init(parts: [(folder, last, .folder(host.disk.newFolder(mode, in: folder)))]))
      return 0
    }

    package func rename(
      _ old: String, at directory: Int32, to new: String, at newDirectory: Int32, mustBeNew: Bool
    ) -> Int {
      guard let (source, from) = host.disk.place(of: old, from: openings[directory]?.folder),
        let (target, to) = host.disk.place(of: new, from: openings[newDirectory]?.folder),
        let node = source.names[from]
      else { return -Int(ENOENT) }
      if mustBeNew, target.names[to] != nil { return -Int(EEXIST) }
      host.disk.change(.init(parts: [(source, from, nil), (target, to, node)]))
      return 0
    }

    package func remove(_ name: String, at directory: Int32) -> Int {
      guard let (folder, last) = host.disk.place(of: name, from: openings[directory]?.folder),
        folder.names[last] != nil
      else { return -Int(ENOENT) }
      host.disk.change(.init(parts: [(folder, last, nil)]))
      return 0
    }

    package func names(in directory: Int32, _ names: inout [String]) -> Int {
      guard let folder = openings[directory]?.folder else { return -Int(EBADF) }
      names = folder.names.keys.sorted()
      return 0
    }

    package func nanoseconds(_ clock: MachineClock) -> Int64 {
      host.time.nanoseconds += 100
      return host.nanoseconds(clock)
    }

    package func sleep(nanoseconds: Int64) {
      host.time.nanoseconds += nanoseconds
      turns.pass(yielding: true)
    }

    package func fill(_ buffer: UnsafeMutableRawBufferPointer) {
      for index in buffer.indices {
        unsafe buffer[index] = UInt8(truncatingIfNeeded: random.next())
      }
    }
  }

  extension SystemCall {
    /// Whether a fault is injected at such calls: those that touch the disk or its room.
    fileprivate var canFail: Bool {
      switch self {
      case .open, .read, .write, .fsync, .fdatasync, .rename, .mkdir, .truncate, .unlink: true
      default: false
      }
    }
  }
#endif
