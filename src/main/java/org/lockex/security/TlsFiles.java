package org.lockex.security;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What TLS is spoken with; every file is read again for each connection.
 *
 * @param authorities whose certificates are trusted, PEM; empty: those of the system
 * @param certificate ours, followed by those that lead to its authority, PEM; empty: none
 * @param key the private key to it, PEM
 */
public record TlsFiles(
    Optional<Path> authorities, Optional<Path> certificate, Optional<Path> key) {}
