package org.lockex.security;

import java.time.Instant;

/**
 * The server that a handshake was made with.
 *
 * @param protocol the version of TLS, {@code TLSv1.3}
 * @param subject whose certificate it showed
 * @param until when that certificate ends
 */
public record TlsPeer(String protocol, String subject, Instant until) {}
