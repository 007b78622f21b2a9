package org.lockex.gateway.async;

import java.time.Duration;
import java.util.function.Supplier;
import org.lockex.security.ClientSecurity;
import org.lockex.security.ServerRotation;

/**
 * Where the locks are.
 *
 * @param servers host:port, separated by commas, without a chroot
 * @param choice chooses among them, anew for each session
 * @param root the parent of all locks, with the chroot before it; no slash at its end
 * @param sessionTimeout asked of the server, which may clamp it
 * @param security how to speak to it, who we are there, and what others may do with our nodes
 */
public record ZooKeeperSettings(
    String servers,
    Supplier<ServerRotation> choice,
    String root,
    Duration sessionTimeout,
    ClientSecurity security) {}
