/// Whom a message is for.
package enum Recipients: Hashable, Sendable {
  /// Spelled `["*"]`.
  case everyone
  /// Sorted and distinct, never empty.
  case handles([Handle])

  /// Nil when there is none: a message to nobody is no message.
  package init?(_ handles: [Handle]) {
    var distinct: [Handle] = []
    for handle in handles where !distinct.contains(handle) { distinct.append(handle) }
    guard !distinct.isEmpty else { return nil }
    distinct.sort()
    self = .handles(distinct)
  }

  /// Nil unless the value is `["*"]` or a sorted list of distinct handles.
  package init?(_ value: JSONValue?) {
    guard let texts = value?.texts, !texts.isEmpty else { return nil }
    if texts == ["*"] {
      self = .everyone
      return
    }
    let handles = texts.compactMap { Handle($0) }
    guard handles.count == texts.count, zip(handles, handles.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    self = .handles(handles)
  }

  package var value: JSONValue {
    switch self {
    case .everyone: .strings(["*"])
    case .handles(let handles): .strings(handles.map(\.name))
    }
  }

  package func include(_ handle: Handle) -> Bool {
    switch self {
    case .everyone: true
    case .handles(let handles): handles.contains(handle)
    }
  }
}
