package import Protocol
import Wire
import WireFormat

/// Whether one agent may change paths of the project at this moment: domains, agreements, claims.
package struct PathRights: Sendable {
  package struct Finding: Sendable {
    package let path: ProjectPath
    package let domain: DomainRights.Verdict
    /// Another's claim that the path is under.
    package let claim: ClaimStandings.Entry?

    package var isAllowed: Bool { domain.isAllowed && claim == nil }
  }

  package let domains: DomainRights
  private let handle: Handle
  private let time: Timestamp
  /// Claims of others that hold and have not expired.
  private let claims: [ClaimStandings.Entry]

  init(_ state: WireState, for handle: Handle, at time: Timestamp) {
    let history = state.history
    (self.handle, self.time) = (handle, time)
    domains = DomainRights(state, under: history)
    claims = state.claimStandings(under: history).entries.filter {
      $0.status == .holds && $0.claim.holder != handle && $0.term.until > time
    }
  }

  /// A claim keeps nobody from paths where its holder may not work itself.
  package func finding(on path: ProjectPath) -> Finding {
    let claim = claims.first { entry in
      entry.claim.resource.covers(path)
        && domains.verdict(on: path, for: entry.claim.holder, at: time).isAllowed
    }
    return Finding(
      path: path, domain: domains.verdict(on: path, for: handle, at: time), claim: claim)
  }
}

extension Session {
  package mutating func pathRights() throws(KitError) -> PathRights {
    PathRights(try wireState(), for: handle, at: now())
  }

  /// What paths are relative to: the root of the git work tree around the wire, else the directory
  /// that holds the wire's.
  package var projectRoot: String {
    let slash = shared.path.lastIndex(of: "/") ?? shared.path.startIndex
    let parent = slash == shared.path.startIndex ? "/" : String(shared.path[..<slash])
    return GitWorkTree.enclosing(parent)?.root ?? parent
  }

  /// A path as it was typed, relative to the project's root or absolute within it.
  package func projectPath(_ typed: String) throws(KitError) -> ProjectPath {
    let root = projectRoot == "/" ? "/" : projectRoot + "/"
    let relative = typed.hasPrefix(root) ? String(typed.dropFirst(root.count)) : typed
    guard let path = ProjectPath(typed: relative) else { throw .notInProject(typed, projectRoot) }
    return path
  }
}
