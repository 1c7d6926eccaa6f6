import Testing

@testable import Sync

/// Goal: a login page is no receipt, whatever its status, and a receipt is no login page.
@Suite struct WebPageTests {
  private func head(_ type: String?) -> ResponseHead {
    var head = ResponseHead()
    head.status = 200
    if let type { head.fields = [HeaderField(name: "content-type", value: type)] }
    return head
  }

  @Test(
    arguments: [
      ("text/html", ""), ("Text/HTML; charset=utf-8", "{}"), ("application/xhtml+xml", "x"),
      (nil, "<!DOCTYPE html><html>"), (nil, "<!doctype HTML PUBLIC"), (nil, "<html lang=en>"),
      (nil, " \r\n\t<HTML>"), (nil, "\u{FEFF}<!doctype html>"), ("application/json", "\n<html>"),
      (nil, "\u{FEFF}\n <hTmL"),
    ] as [(String?, String)])
  func `a page`(type: String?, body: String) {
    #expect(WebPage.isOne(head(type), Array(body.utf8)))
  }

  @Test(
    arguments: [
      (nil, ""), ("application/json", "{}"), ("text/plain", "OK"), (nil, "<htm"), (nil, "html"),
      (nil, "<?xml version='1.0'?><ok/>"), ("", "\u{FEFF}"), (nil, "{\"page\":\"<html>\"}"),
    ] as [(String?, String)])
  func `no page`(type: String?, body: String) {
    #expect(!WebPage.isOne(head(type), Array(body.utf8)))
  }

  @Test(
    arguments: [
      (#"{"error":"quota"}"#, "error: quota"), (#" {"errors":[1]}"#, "errors"),
      (#"{"error":true}"#, "error"), (#"{"error":{"code":7}}"#, "error"),
      (#"{"error_code":"X","message":"m"}"#, "error_code: X"),
      (#"{"success":false}"#, "success: false"), (#"{"error":5}"#, "error"),
      (#"{"errors":true,"items":[]}"#, "errors"), ("{\"error\":\"\u{1B}[2J\"}", nil),
      (#"{"error":null}"#, nil), (#"{"error":""}"#, nil), (#"{"errors":[],"success":true}"#, nil),
      (#"{"errors":false}"#, nil), (#"{"error":{}}"#, nil), (#"{"error":0}"#, nil), ("{}", nil),
      ("", nil), ("OK", nil), ("[]", nil), (#"["error"]"#, nil), ("{\"error\":", nil),
      (#"{"accepted":3}"#, nil), ("\"error\"", nil),
    ] as [(String, String?)])
  func `what a body says against its receipt`(body: String, objection: String?) {
    #expect(Receipt.objection(in: Array(body.utf8)) == objection)
  }
}
