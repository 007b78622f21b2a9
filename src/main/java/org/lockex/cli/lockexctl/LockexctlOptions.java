package org.lockex.cli.lockexctl;

import org.lockex.cli.Connection;
import org.lockex.cli.Verbosity;

/**
 * What a lockexctl command line asks for.
 *
 * @param connection where the locks are
 * @param verbosity how to speak on stderr
 * @param json whether what is printed is JSON
 * @param action what to do
 */
public record LockexctlOptions(
    Connection connection, Verbosity verbosity, boolean json, LockexctlAction action) {}
