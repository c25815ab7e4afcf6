public import StrataTensor

/// An error of a GPU that the driver reports to the kernel.
public struct XidEvent: Hashable, Sendable {
  /// The process that the driver blames.
  public struct Process: Hashable, Sendable {
    public var identifier: Int
    public var name: String

    public init(identifier: Int, name: String) { (self.identifier, self.name) = (identifier, name) }
  }

  /// When the host's clock says it happened, in seconds since 1970.
  public var time: Double
  public var gpu: GPUIdentity
  public var xid: Xid
  /// Nil when the driver cannot tell.
  public var process: Process?
  /// The NVLink, for the codes that name one.
  public var link: Int

  public init(time: Double, gpu: GPUIdentity, xid: Xid, process: Process? = nil, link: Int = 0) {
    (self.time, self.gpu, self.xid, self.process, self.link) = (time, gpu, xid, process, link)
  }

  /// The message as the driver prints it, without time and host.
  public var message: String {
    let number = xid.code >= 144 && link < 10 ? "0\(link)" : String(link)
    var message = "NVRM: Xid (PCI:\(gpu.kernelBusID)): \(xid.code), "
    if let process {
      // The kernel keeps fifteen bytes of a name.
      message += "pid=\(process.identifier), name=\(String(decoding: process.name.utf8.prefix(15), as: UTF8.self)), "
    } else if !xid.isWithoutProcess {
      message += "pid='<unknown>', name=<unknown>, "
    }
    for character in xid.text {
      switch character {
      case "$": message += String(gpu.index)
      case "#": message += number
      default: message.append(character)
      }
    }
    return message
  }
}

/// Writes kernel messages of many hosts to one file.
///
/// The destination appears, whole, in ``complete()``; a writer that is given up leaves nothing behind.
public struct KernelLogWriter: ~Copyable {
  /// What stands before a message.
  public enum Style: Sendable {
    /// Time and host as a central rsyslog writes them: `2025-01-21T04:41:44.283302+00:00 h1 kernel: NVRM: …`.
    case syslog
    /// What `dmesg --decode --time-format iso` prints on one host: `kern  :warn  : 2025-01-21T04:41:44,283302+00:00 NVRM: …`.
    case dmesg
  }

  private let style: Style
  private var file: AsideFile

  /// - Parameters:
  ///   - path: Where the log will be; its folder exists.
  ///   - style: What stands before a message.
  /// - Throws: `FileError` when no file can be created there.
  public init(path: String, style: Style = .syslog) throws(FileError) {
    self.style = style
    file = try AsideFile(for: path)
  }

  /// Writes an error of a GPU. Lines stand in the order of the calls: real logs repeat lines and swap them.
  public mutating func write(_ event: XidEvent) throws(FileError) {
    try write(event.message, at: event.time, host: event.gpu.hostname)
  }

  /// Writes any other message.
  ///
  /// - Parameters:
  ///   - message: The message without time and host.
  ///   - time: Seconds since 1970.
  ///   - host: What the host calls itself.
  public mutating func write(_ message: String, at time: Double, host: String) throws(FileError) {
    if style == .dmesg { file.text.append("kern  :warn  : ") }
    CalendarTime(unixTime: time).write(to: &file.text, separator: "T", point: style == .dmesg ? "," : ".")
    file.text.append(style == .dmesg ? "+00:00 " : "+00:00 \(host) kernel: ")
    file.text.append(message)
    file.text.append("\n")
    try file.flushIfFull()
  }

  /// Writes what is left and gives the file its name.
  public consuming func complete() throws(FileError) { try file.complete() }
}
