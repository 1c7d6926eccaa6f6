import Testing

@testable import Core

/// Goal: a stamp is never later than the arrival. Method: returns of a poller, one by one.
@Suite struct ArrivalStampTests {
  @Test func `bytes that the poller waited for came when it returned`() {
    var clock = RoundClock(ArrivalStamp(time: 10))
    clock.pollerReturned(at: ArrivalStamp(time: 20, candidateNanoseconds: 3), hasWaited: true)
    #expect(clock.stamp.time == 20 && clock.stamp.candidateNanoseconds == 3)
  }

  @Test func `bytes that were there at once may have come since the return before`() {
    var clock = RoundClock(ArrivalStamp(time: 10, candidateNanoseconds: 1))
    clock.pollerReturned(at: ArrivalStamp(time: 20, candidateNanoseconds: 2), hasWaited: false)
    #expect(clock.stamp.time == 10 && clock.stamp.candidateNanoseconds == 1)
    clock.pollerReturned(at: ArrivalStamp(time: 30, candidateNanoseconds: 3), hasWaited: false)
    #expect(clock.stamp.time == 20 && clock.stamp.candidateNanoseconds == 2)
  }
}
