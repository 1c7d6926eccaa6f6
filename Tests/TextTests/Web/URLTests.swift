import Testing

@testable import Text

/// Goal: an address has one meaning or is refused, and a redirect leads where RFC 3986 says.
@Suite struct URLTests {
  @Test(arguments: [
    ("http://a", "http://a/"), ("HTTP://EXAMPLE.org:80/x?y#z", "http://example.org/x?y"),
    ("https://a:443", "https://a/"), ("https://a:8443/b", "https://a:8443/b"),
    ("http://127.0.0.1:5000/api?x=%2F", "http://127.0.0.1:5000/api?x=%2F"),
    ("https://[2001:DB8::1]:8443/", "https://[2001:db8::1]:8443/"),
    ("http://a?b=/..", "http://a/?b=/.."), ("http://a/b/../../c/./d", "http://a/c/d"),
    ("http://a/b/..", "http://a/"), ("http://a_b.c.", "http://a_b.c./"),
  ])
  func `is written in one way`(text: String, canonical: String) throws {
    #expect(try URL(text).text == canonical)
    #expect(try URL(canonical).text == canonical)
  }

  @Test(arguments: [
    ("", URLFault.scheme), ("a", .scheme), ("ftp://a", .scheme), ("http:/a", .scheme),
    ("http://", .host), ("http:///a", .host), ("http://a@b", .user), ("http://u:p@b/", .user),
    ("http://a b", .character(at: 8)), ("http://a/\n", .character(at: 9)),
    ("http://é", .character(at: 7)), ("http://a\\b", .character(at: 8)),
    ("http://a/%", .percent(at: 9)), ("http://a/%2", .percent(at: 9)),
    ("http://a/%zz", .percent(at: 9)), ("http://a/%00", .percent(at: 9)),
    ("http://a%2e", .host), ("http://a..b", .host), ("http://.", .host), ("http://1.2.3", .host),
    ("http://127.1", .host), ("http://0x7f000001", .host), ("http://256.1.1.1", .host),
    ("http://a:", .port), ("http://a:0", .port), ("http://a:65536", .port),
    ("http://a:+1", .port), ("http://a:1:2", .port), ("http://[::1", .host),
    ("http://[::1]x", .port), ("http://[fe80::1%25eth0]", .host), ("http://[127.0.0.1]", .host),
    ("http://a+b", .host),
  ])
  func `is refused`(text: String, fault: URLFault) {
    #expect(throws: fault) { try URL(text) }
  }

  @Test func `has limits`() throws {
    let label = String(repeating: "a", count: 63)
    #expect(throws: Never.self) { try URL("http://\(label)/") }
    #expect(throws: URLFault.host) { try URL("http://\(label)a/") }
    let host = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
    #expect(throws: Never.self) { try URL("http://\(host)/") }
    #expect(throws: URLFault.host) { try URL("http://\(host)a/") }
    let path = String(repeating: "a", count: URLLimits.urlBytesMax - 9)
    #expect(throws: Never.self) { try URL("http://a/\(path)") }
    #expect(throws: URLFault.tooLong(bytes: 4097, bytesMax: 4096)) { try URL("http://a/\(path)a") }
  }

  @Test(arguments: [
    ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"),
    ("/g", "http://a/g"), ("//g", "http://g/"), ("?y", "http://a/b/c/d?y"),
    ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d?q"), ("", "http://a/b/c/d?q"),
    ("..", "http://a/b/"), ("../g", "http://a/b/g"), ("../../../g", "http://a/g"),
    ("https://x:1/y", "https://x:1/y"), ("g?y/../x", "http://a/b/c/g?y/../x"),
  ])
  func `follows a reference`(reference: String, target: String) throws {
    #expect(try URL("http://a/b/c/d?q").resolving(reference).text == target)
  }

  @Test func `knows an origin`() throws {
    let url = try URL("https://a/x")
    #expect(url.hasOrigin(of: try URL("https://A:443/y")))
    for other in ["http://a/x", "https://b/x", "https://a:8443/x"] {
      #expect(!url.hasOrigin(of: try URL(other)))
    }
  }
}
