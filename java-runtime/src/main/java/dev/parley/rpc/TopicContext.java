package dev.parley.rpc;

/**
 * What a subscriber knows of a publication. Immutable.
 *
 * @param topic the topic's name, or the full name of a method that is one
 * @param publisher the name of the peer that published it; "": the server did. A name is a claim
 *     (E-3)
 * @param missed how many were dropped just before this one, since this subscriber was slow (T-3)
 */
public record TopicContext(String topic, String publisher, long missed) {}
