/// The file system a directory is on, by name: some keep no promise about locks and appends.
package enum FileSystemKind {
  /// A short name such as `ext`, `tmpfs` or `nfs`; for an unknown one its number as `0x…`.
  ///
  /// From fstatfs(2). Darwin gives no number: `unknown` there, untested.
  package static func name(of directory: borrowing Directory) throws(HostError) -> String {
    #if canImport(Darwin)
      return "unknown"
    #else
      let magic = try Kernel.fileSystemMagic(directory.number, path: directory.path)
      return names[magic] ?? "0x" + String(magic, radix: 16)
    #endif
  }

  /// The bytes that this account may still write there.
  package static func freeByteCount(of directory: borrowing Directory) throws(HostError) -> Int64 {
    try Kernel.freeByteCount(directory.number, path: directory.path)
  }

  /// Whether a file system of this name lies on another machine, or may.
  package static func isRemote(_ name: String) -> Bool {
    ["nfs", "cifs", "smb", "afs", "ceph", "9p", "fuse"].contains(name)
  }

  /// The numbers of statfs(2) and of linux/magic.h.
  private static let names: [UInt32: String] = [
    0x0000_4d44: "vfat",
    0x0000_517b: "smb",
    0x0000_6969: "nfs",
    0x0000_ef53: "ext",
    0x0000_f15f: "ecryptfs",
    0x00c3_6400: "ceph",
    0x0102_1994: "tmpfs",
    0x0102_1997: "9p",
    0x2011_bab0: "exfat",
    0x2fc1_2fc1: "zfs",
    0x5346_414f: "afs",
    0x5846_5342: "xfs",
    0x6573_5546: "fuse",
    0x7366_746e: "ntfs",
    0x794c_7630: "overlay",
    0x8584_58f6: "ramfs",
    0x9123_683e: "btrfs",
    0xca45_1a4e: "bcachefs",
    0xf2f5_2010: "f2fs",
    0xfe53_4d42: "smb",
    0xff53_4d42: "cifs",
  ]
}
