/**
 * Bytes to envelopes and back, their limits, and the log of both. Nothing here knows a thread or a
 * socket.
 *
 * <pre>
 *   0               4                                        4 + N
 *   +---------------+----------------------------------+---------+
 *   |  N, unsigned  |  fields 1 to 12 of the envelope  | payload |   a frame
 *   |  big-endian   |  (the header)                    | (15)    |
 *   +---------------+----------------------------------+---------+
 *                   |&lt;--------------- N bytes --------------------&gt;|
 *
 *   0 &lt; N &lt;= the receiver's max_frame                               (F-2)
 *
 *   00 00 00 0b              N = 11
 *      08 05                 id = 5
 *      18 02                 type = REQUEST
 *      2a 03 61 2f 62        name = "a/b"
 *      38 01                 open = true
 *
 *   00 00 00 08              N = 8
 *      08 05                 id = 5
 *      18 03                 type = MESSAGE
 *      7a 02 0a 00           payload, 2 bytes: last, so it is written where it ends the frame
 * </pre>
 *
 * <p>An {@link dev.parley.wire.Envelope} is one frame's header and the place of its payload. {@link
 * dev.parley.wire.EnvelopeCodec} turns it into bytes and back; the schema is {@code
 * parley/v1/envelope.proto}, and the tests hold the codec against protobuf's own classes. {@link
 * dev.parley.wire.FrameReader} cuts a stream of bytes into frames. {@link dev.parley.wire.Limits}
 * has every number that the protocol fixes, {@link dev.parley.wire.WireLog} writes one line a
 * frame. Bad bytes are a {@link dev.parley.wire.WireException}, and end the connection.
 */
@NullMarked
package dev.parley.wire;

import org.jspecify.annotations.NullMarked;
