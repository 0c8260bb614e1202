package dev.parley;

import com.google.protobuf.ByteString;
import dev.parley.transport.Credentials;

/**
 * A client that wants to be let in.
 *
 * @param name the name that it claims
 * @param credentials who it is, by the kernel's word
 * @param payload what its HELLO carried for the application
 */
public record Applicant(String name, Credentials credentials, ByteString payload) {}
