package org.lockex.gateway.async;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the locks are.
 *
 * @param servers host:port, separated by commas, without a chroot
 * @param root the parent of all locks, with the chroot before it; no slash at its end
 * @param sessionTimeout asked of the server, which may clamp it
 * @param digest {@code user:password} for ZooKeeper's digest scheme
 */
public record ZooKeeperSettings(
    String servers, String root, Duration sessionTimeout, Optional<String> digest) {}
