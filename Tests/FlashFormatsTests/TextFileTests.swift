import Foundation
import Testing

@testable import FlashFormats

@Suite struct TextFileTests {
  @Test func `what is written is read back, and nothing else is left`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/a.txt"
    try TextFile.write("one\n", to: path)
    try TextFile.write("two é\n", to: path)
    #expect(try TextFile.read(path, limit: 100) == "two é\n")
    #expect(try folder.names == ["a.txt"])
  }

  @Test func `a folder in the place of the file is an error, and stays`() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: "\(folder.path)/out", withIntermediateDirectories: false)
    #expect(throws: WriteError(file: "\(folder.path)/out", code: EISDIR)) {
      try TextFile.write("x", to: "\(folder.path)/out")
    }
    #expect(try folder.names == ["out"])
  }

  @Test func `a missing folder is an error`() throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/none/out"
    #expect(message { try TextFile.write("x", to: path) } == "\(path): cannot be written: No such file or directory")
  }

  @Test func `a link stays one, and what it points to is written with its permissions`() throws {
    let folder = try TemporaryFolder()
    let target = try folder.file("target", "old")
    #expect(chmod(target, 0o640) == 0)
    let link = "\(folder.path)/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "target")
    try TextFile.write("new", to: link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "target")
    #expect(try TextFile.read(target, limit: 100) == "new")
    let mode = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int
    #expect(mode == 0o640)
    #expect(try folder.names == ["link", "target"])
  }

  @Test func `a pipe is written to and stays a pipe`() async throws {
    let folder = try TemporaryFolder()
    let path = "\(folder.path)/pipe"
    #expect(mkfifo(path, 0o600) == 0)
    // Open for reading and writing: neither end waits for the other.
    let descriptor = open(path, O_RDWR)
    defer { close(descriptor) }
    try TextFile.write("through", to: path)
    var buffer = [UInt8](repeating: 0, count: 16)
    let count = read(descriptor, &buffer, buffer.count)
    #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self) == "through")
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFIFO)
  }

  @Test func `a missing file, a folder, an empty file and other encodings are told apart`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path
    func reason(_ name: String) -> String {
      message { _ = try TextFile.read("\(path)/\(name)", limit: 10) }.replacingOccurrences(of: "\(path)/", with: "")
    }
    _ = try folder.file("empty", "")
    _ = try folder.file("blank", " \n\t ")
    _ = try folder.file("long", "12345678901")
    _ = try folder.file("nul", "abc\u{0}def")
    try Data([0x61, 0xFF, 0xFE]).write(to: URL(fileURLWithPath: "\(path)/latin"))
    #expect(reason("none") == "none: no such file")
    #expect(reason("") == ": is a folder, allowed a text file")
    #expect(reason("empty") == "empty: empty")
    #expect(reason("blank") == "blank: empty")
    #expect(reason("long") == "long: too large, allowed at most 0 MiB")
    #expect(reason("nul") == "nul: byte 3: not a text file, found a NUL byte, allowed UTF-8 text")
    #expect(reason("latin") == "latin: line 1: not a text file, found bytes that are not UTF-8, allowed UTF-8 text")
    try Data([0x61, 0x0A, 0xC3, 0xA4, 0x0A, 0xC3, 0x0A, 0xFF]).write(to: URL(fileURLWithPath: "\(path)/cut"))
    #expect(reason("cut").hasPrefix("cut: line 3: not a text file"))
  }

  @Test func `a NUL byte ends the reading of an endless file`() {
    let text = message { _ = try TextFile.read("/dev/zero", limit: .max) }
    #expect(text == "/dev/zero: byte 0: not a text file, found a NUL byte, allowed UTF-8 text")
  }

  @Test func `a file of exactly the limit is read, one byte more is not`() throws {
    let folder = try TemporaryFolder()
    let fits = try folder.file("fits", String(repeating: "x", count: 1 << 20))
    let exceeds = try folder.file("exceeds", String(repeating: "x", count: 1 << 20 + 1))
    #expect(try TextFile.read(fits, limit: 1 << 20).utf8.count == 1 << 20)
    #expect(message { _ = try TextFile.read(exceeds, limit: 1 << 20) }.hasSuffix("too large, allowed at most 1 MiB"))
  }
}
