import Testing

@testable import Text

/// Goal: no form of a password in an address is shown, and what is no secret stays readable.
/// Method: each form with a marked secret, then texts that only look alike.
@Suite struct SecretTextTests {
  @Test(arguments: [
    ("https://fleet:hunter2@example.com/e", "https://***@example.com/e"),
    ("http://hunter2@example.com", "http://***@example.com"),
    ("mlflow:https://u:hunter2@h:1/p", "mlflow:https://***@h:1/p"),
    ("https://u:hun/ter2@h", "https://***@h"), ("https://u:hun ter2@h", "https://***@h"),
    ("https://u:hun\"ter2?x#y@h", "https://***@h"), ("https://u:hunter2@a@h", "https://***@h"),
    ("https:/u:hunter2@h", "https:/***@h"), ("u:hunter2@h", "***@h"), ("//u:hunter2@h", "//***@h"),
    ("https://h/p?token=hunter2", "https://h/p?token=***"),
    ("https://h/p?a=1&X-Amz-Signature=hunter2&b=2", "https://h/p?a=1&X-Amz-Signature=***&b=2"),
    ("https://h/p?api_key=hunter2#x", "https://h/p?api_key=***#x"),
    ("https://h/#access_token=hunter2", "https://h/#access_token=***"),
    ("https://h/?PASSWORD=hunter2;pass=hunter2", "https://h/?PASSWORD=***;pass=***"),
    ("https://u:hunter2@h/?sig=hunter2", "https://***@h/?sig=***"),
    ("u:hunter2@h/?key=hunter2@h", "***@h/?key=***"),
    ("fall@champion", "fall@champion"), ("dir:/media/a@b", "dir:/media/a@b"),
    ("https://h/p?a=1&b=@", "https://***@"), ("https://h:80/p?a=1", "https://h:80/p?a=1"), ("", ""),
    ("@", "@"), ("=", "="), ("?=x", "?=x"), ("//@", "//***@"),
  ])
  func `hides the secrets of an address`(text: String, shown: String) {
    #expect(SecretText.address(text) == shown)
    #expect(!SecretText.address(text).contains("hunter2"))
    #expect(SecretText.address(shown) == shown, "twice is as once")
  }

  @Test(arguments: [
    ("a \"https://u:hunter2@h/\": no; b", "a \"https://***@h/\": no; b"),
    ("https://u:hunter2@h and https://v:hunter2@h", "https://***@h and https://***@h"),
    ("fall@champion stays; write rate = 7.50", "fall@champion stays; write rate = 7.50"),
    (
      "edgeagent.toml:12:1: key \"a\"  two  blanks ", "edgeagent.toml:12:1: key \"a\"  two  blanks "
    ),
    (" begins = @", " begins = @"),
    ("(https://h/?token=hunter2) there", "(https://h/?token=***) there"),
  ])
  func `hides the secrets of each word of a line`(text: String, shown: String) {
    #expect(SecretText.line(text) == shown)
  }

  @Test(arguments: [
    ("bad Basic aHVudGVyMg==", "bad ***"), ("got aHVudGVyMg==!", "got ***!"),
    ("token=hunter2 is not known", "token=*** is not known"),
    ("GET https://u:hunter2@h/", "GET https://***@h/"), ("all is well", "all is well"),
  ])
  func `hides what a server repeats`(text: String, shown: String) {
    #expect(SecretText.answer(text, secrets: ["Basic aHVudGVyMg=="]) == shown)
  }

  @Test func `a cut or an escape gives no secret away`() {
    let long = "https://u:" + String(repeating: "hunter2", count: 20) + "@h"
    #expect(quoted(long) == "\"https://***@h\"")
    #expect(TerminalText.address("https://u:h\u{e9}nter2@h") == "https://***@h")
  }
}
