#if FAULTS
  import Foundation

  /// A disk in memory that knows what of it would outlive a power cut.
  ///
  /// A file's bytes are safe after its fsync, a name after that of its directory. Changes of names
  /// that no fsync covered are each kept or lost by a power cut; a rename is one change.
  package final class SimulatedDisk {
    final class File {
      let number: UInt64
      /// First what is surely on disk, last what is read now.
      var versions: [[UInt8]] = [[]]
      var mode: UInt16
      /// Those who hold flock(2) on it.
      var holders: [Opening] = []
      var isLockExclusive = false

      init(_ number: UInt64, _ mode: UInt16) { (self.number, self.mode) = (number, mode) }

      var bytes: [UInt8] { versions.last ?? [] }

      func change(to bytes: [UInt8]) {
        versions.append(bytes)
        // What lies between matters less than the first and the newest ones.
        if versions.count > 8 { versions.remove(at: 1) }
      }

      func settle() { versions.removeFirst(versions.count - 1) }
    }

    final class Folder {
      let number: UInt64
      var mode: UInt16
      weak var parent: Folder?
      var names: [String: Node] = [:]
      /// What is surely on disk.
      var safeNames: [String: Node] = [:]

      init(_ number: UInt64, _ mode: UInt16, in parent: Folder?) {
        (self.number, self.mode, self.parent) = (number, mode, parent)
      }
    }

    enum Node {
      case file(File)
      case folder(Folder)

      func isSame(as other: Node?) -> Bool {
        switch (self, other) {
        case (.file(let one), .file(let two)): one === two
        case (.folder(let one), .folder(let two)): one === two
        default: false
        }
      }
    }

    /// Names that change together or not at all.
    struct NameChange {
      var parts: [(folder: Folder, name: String, node: Node?)]
    }

    let root: Folder
    private var lastNumber: UInt64 = 1
    private var pending: [NameChange] = []

    package init() { root = Folder(1, 0o755, in: nil) }

    func newFile(_ mode: UInt16) -> File {
      lastNumber += 1
      return File(lastNumber, mode)
    }

    func newFolder(_ mode: UInt16, in parent: Folder) -> Folder {
      lastNumber += 1
      return Folder(lastNumber, mode, in: parent)
    }

    /// Changes names now; on disk they are after an fsync of one of their directories.
    func change(_ change: NameChange) {
      for part in change.parts { part.folder.names[part.name] = part.node }
      pending.append(change)
    }

    func settle(_ folder: Folder) {
      pending.removeAll { change in
        guard change.parts.contains(where: { $0.folder === folder }) else { return false }
        for part in change.parts { part.folder.safeNames[part.name] = part.node }
        return true
      }
    }

    /// Makes all that is there now safe.
    package func settleAll() {
      for change in pending {
        for part in change.parts { part.folder.safeNames[part.name] = part.node }
      }
      pending = []
      forEachFile(in: root) { $0.settle() }
    }

    private func forEachFile(in folder: Folder, _ body: (File) -> Void) {
      for name in folder.names.keys.sorted() {
        switch folder.names[name] {
        case .file(let file): body(file)
        case .folder(let child): forEachFile(in: child, body)
        case nil: break
        }
      }
    }

    /// What a power cut leaves: each unsafe change of names, and of each file some of its versions.
    package func cutPower(using random: inout SimulationRandom) {
      for change in pending where random.once(in: 2) {
        for part in change.parts { part.folder.safeNames[part.name] = part.node }
      }
      pending = []
      restore(root)
      forEachFile(in: root) { file in
        file.holders = []
        guard file.versions.count > 1 else { return }
        file.versions = [Self.survivor(of: file.versions, using: &random)]
      }
    }

    private func restore(_ folder: Folder) {
      folder.names = folder.safeNames
      for name in folder.names.keys.sorted() {
        if case .folder(let child)? = folder.names[name] { restore(child) }
      }
    }

    /// A version whole, or its new end cut or zeroed, or sectors of several versions.
    private static func survivor(
      of versions: [[UInt8]], using random: inout SimulationRandom
    ) -> [UInt8] {
      var bytes = random.pick(versions)
      let safeCount = versions.first?.count ?? 0
      if bytes.count > safeCount, random.once(in: 3) {
        let cut = min(
          bytes.count, safeCount + 512 * random.below(1 + (bytes.count - safeCount) / 512))
        let rest = random.once(in: 2) ? [UInt8](repeating: 0, count: bytes.count - cut) : []
        bytes = Array(bytes.prefix(cut)) + rest
      }
      for start in stride(from: 0, to: safeCount, by: 512) where random.once(in: 3) {
        let sector = random.pick(versions).dropFirst(start).prefix(min(512, safeCount - start))
        guard bytes.count >= start + sector.count else { continue }
        bytes.replaceSubrange(start..<start + sector.count, with: sector)
      }
      return bytes
    }
  }

  /// One opening of a file or directory.
  final class Opening {
    let node: SimulatedDisk.Node
    let isAppending: Bool

    init(_ node: SimulatedDisk.Node, isAppending: Bool) {
      (self.node, self.isAppending) = (node, isAppending)
    }

    var file: SimulatedDisk.File? { if case .file(let file) = node { file } else { nil } }
    var folder: SimulatedDisk.Folder? { if case .folder(let folder) = node { folder } else { nil } }

    func unlock() {
      guard let file else { return }
      file.holders.removeAll { $0 === self }
    }
  }
#endif
