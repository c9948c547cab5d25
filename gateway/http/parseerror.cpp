#include "gateway/http/parser.h"

#include <algorithm>
#include <iterator>

namespace gatehouse::http {

namespace {

using enum Refusal;
// In the order of the enum; a test walks it.
constexpr ParseError refusals[] = {
    {BadMethod, 400, "bad-method", "The method is not a token.", "RFC 9110 9.1: method = token"},
    {MethodTooLong, 501, "method-too-long", "The method is longer than any that is known.",
     "RFC 9112 3: a server that receives a method longer than any that it implements SHOULD respond with a 501"},
    {BadTarget, 400, "bad-target", "The request target is malformed or holds a character that must be percent-encoded.",
     "RFC 9112 3.2: recipients of an invalid request-line SHOULD respond with either a 400 or a 301"},
    {BadVersion, 400, "bad-version", "The HTTP version is malformed.", "RFC 9112 2.3: HTTP-version = HTTP-name \"/\" DIGIT \".\" DIGIT"},
    {UnsupportedVersion, 505, "unsupported-version", "Only HTTP/1.0 and HTTP/1.1 are spoken here.",
     "RFC 9110 15.6.6: the server does not support, or refuses to support, the major version of HTTP that was used; by 2.5 a higher minor one"
     " SHOULD be processed as one's own highest, but there is none, and who sends one looks for readers that differ"},
    {BadRequestLine, 400, "bad-request-line", "The request line is not \"METHOD target HTTP/1.1\".",
     "RFC 9112 3: request-line = method SP request-target SP HTTP-version"},
    {BadStatusLine, 502, "bad-status-line", "The status line is not \"HTTP/1.1 200 reason\".",
     "RFC 9112 4: status-line = HTTP-version SP status-code SP [ reason-phrase ]"},
    {BareLf, 400, "bare-lf", "A line ends in LF without CR.",
     "RFC 9112 2.2: a recipient MAY recognize a single LF as a line terminator; two hops that differ in it disagree about where a message ends"},
    {BareCr, 400, "bare-cr", "A CR stands without LF.",
     "RFC 9112 2.2: a recipient of such a bare CR MUST consider that element to be invalid or replace each bare CR with SP"},
    {Folded, 400, "obs-fold", "A header line begins with whitespace.",
     "RFC 9112 5.2: a server that receives an obs-fold MUST either reject the message or replace each obs-fold with SP"},
    {SpaceBeforeColon, 400, "space-before-colon", "Whitespace stands between a header's name and its colon.",
     "RFC 9112 5.1: a server MUST reject any received request message that contains whitespace between a header field name and colon"},
    {BadName, 400, "bad-name", "A header's name is not a token.", "RFC 9110 5.1: field-name = token"},
    {BadValue, 400, "bad-value", "A header's value holds a control character.",
     "RFC 9110 5.5: field values containing CR, LF, or NUL are invalid and dangerous; other CTL characters are invalid"},
    {NoColon, 400, "no-colon", "A header line has no colon.", "RFC 9112 5: field-line = field-name \":\" OWS field-value OWS"},
    {HeadTooLarge, 431, "head-too-large", "The head is larger than the listener's limits allow.", "RFC 6585 5"},
    {TooManyFields, 431, "too-many-fields", "There are more headers than the listener's limits allow.", "RFC 6585 5"},
    {TargetTooLong, 414, "target-too-long", "The request target is longer than the listener's limits allow.",
     "RFC 9112 3: a server that receives a request-target longer than any URI it wishes to parse MUST respond with a 414"},
    {NoHost, 400, "no-host", "There is no Host header.",
     "RFC 9112 3.2: a server MUST respond with a 400 to any HTTP/1.1 request message that lacks a Host header field"},
    {SeveralHosts, 400, "several-hosts", "There is more than one Host header.",
     "RFC 9112 3.2: … and to any request message that contains more than one Host header field line"},
    {BadHost, 400, "bad-host", "The host is malformed.", "RFC 9112 3.2: … or a Host header field with an invalid field value"},
    {SeveralLengths, 400, "several-lengths", "There is more than one Content-Length.",
     "RFC 9112 6.3: without Transfer-Encoding and with an invalid Content-Length the framing is invalid; the recipient MUST treat it as an unrecoverable error"},
    {BadLength, 400, "bad-length", "Content-Length is not a decimal number.", "RFC 9110 8.6: Content-Length = 1*DIGIT"},
    {DisguisedFraming, 400, "disguised-framing", "A header is called Content-Length or Transfer-Encoding but for an underscore.",
     "RFC 3875 4.1.18: the header field name is converted to upper case, has all occurrences of \"-\" replaced with \"_\": to an upstream of that kind both are one"},
    {LengthAndCoding, 400, "length-and-coding", "Both Content-Length and Transfer-Encoding are there.",
     "RFC 9112 6.1: a server MAY reject a request that contains both Content-Length and Transfer-Encoding; such a message might indicate request smuggling"},
    {CodingInOldVersion, 400, "coding-in-1.0", "Transfer-Encoding in an HTTP/1.0 message.",
     "RFC 9112 6.1: a server or client that receives an HTTP/1.0 message containing a Transfer-Encoding MUST treat the message as if the framing is faulty"},
    {BadCoding, 400, "bad-coding", "Transfer-Encoding is malformed, or chunked stands in it twice.",
     "RFC 9112 6.1: a sender MUST NOT apply the chunked transfer coding more than once to a message body"},
    {UnknownCoding, 501, "unknown-coding", "The only transfer coding spoken here is chunked.",
     "RFC 9112 6.1: a server that receives a request message with a transfer coding it does not understand SHOULD respond with 501"},
    {CodingNotLast, 400, "coding-not-last", "The last transfer coding is not chunked.",
     "RFC 9112 6.3: if chunked is not the final encoding, the server MUST respond with the 400 status code and then close the connection"},
    {BadChunkSize, 400, "bad-chunk-size", "A chunk's size is not a hexadecimal number followed by CRLF.",
     "RFC 9112 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF"},
    {ChunkSizeTooLong, 400, "chunk-size-too-long", "A chunk's size has too many digits.",
     "RFC 9112 7.1: recipients MUST anticipate potentially large hexadecimal numerals and prevent parsing errors due to integer conversion overflows"},
    {BadChunkExtension, 400, "bad-chunk-extension", "A chunk's extension is malformed.",
     "RFC 9112 7.1.1: chunk-ext = *( BWS \";\" BWS chunk-ext-name [ BWS \"=\" BWS chunk-ext-val ] )"},
    {ChunkExtensionTooLong, 400, "chunk-extension-too-long", "A chunk's extension is too long.",
     "RFC 9112 7.1.1: a server ought to limit the total length of chunk extensions received in a request"},
    {BadChunkEnd, 400, "bad-chunk-end", "A chunk's octets are not followed by CRLF.",
     "RFC 9112 7.1: chunk = chunk-size [ chunk-ext ] CRLF chunk-data CRLF"},
    {BadTrailer, 400, "bad-trailer", "A trailer frames or routes the message.",
     "RFC 9110 6.5.1: a sender MUST NOT generate a trailer field unless the field name's definition permits it"},
    {BodyTooLarge, 413, "body-too-large", "The body is larger than allowed.", "RFC 9110 15.5.14"},
    {UnknownExpectation, 417, "unknown-expectation", "Only 100-continue can be expected.",
     "RFC 9110 10.1.1: a server that receives an Expect field value containing a member other than 100-continue MAY respond with a 417"},
    {ConnectRefused, 501, "connect-refused", "CONNECT is not served here.", "RFC 9110 9.3.6"},
    {EarlyClose, 400, "early-close", "The connection ended inside a message.",
     "RFC 9112 8: if the connection closed before the last chunk or the indicated length, the message is incomplete"},
    {TooManyInterim, 502, "too-many-interim", "Too many interim answers.", "RFC 9110 15.2"},
    {InterimContent, 502, "interim-with-content", "An interim answer announces content.",
     "RFC 9110 8.6: a server MUST NOT send Content-Length in any response with a status code of 1xx; RFC 9112 6.1 says the same of Transfer-Encoding"},
    {UnexpectedUpgrade, 502, "unexpected-upgrade", "The protocol was switched without having been asked to.",
     "RFC 9110 7.8: a server MUST NOT switch to a protocol that was not indicated by the client in the corresponding request's Upgrade"},
};

constexpr bool inOrder()
{
    for (size_t i = 0; i < std::size(refusals); ++i) {
        if (size_t(refusals[i].refusal) != i)
            return false;
    }
    return std::size(refusals) == size_t(UnexpectedUpgrade) + 1;
}
static_assert(inOrder());

} // namespace

const ParseError &describe(Refusal refusal)
{
    return refusals[size_t(refusal)];
}

} // namespace gatehouse::http
