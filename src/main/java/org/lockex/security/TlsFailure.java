package org.lockex.security;

/**
 * Why there is no TLS connection.
 *
 * @param why one clause
 * @param refused whether the server refused us, as far as it can be told, and not we the server
 */
public record TlsFailure(String why, boolean refused) {}
