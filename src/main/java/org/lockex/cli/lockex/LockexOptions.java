package org.lockex.cli.lockex;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.lockex.cli.Connection;
import org.lockex.cli.Verbosity;
import org.lockex.znode.LockId;

/**
 * What a lockex command line asks for.
 *
 * @param connection where the locks are
 * @param lockId the name of the lock, given or derived from the command
 * @param derivedId whether it was derived
 * @param concurrency how many may run at once, at least 1
 * @param timeout how long to wait for the lock from being connected; zero: do not wait; empty: for
 *     ever
 * @param splay below this is the time to wait before connecting; zero: do not wait
 * @param conflictExitCode given when the lock was not acquired, 0 to 255
 * @param killAfter after a forwarded or own SIGTERM, SIGKILL follows after this time; empty: the
 *     command may take as long as it needs while the lock is held
 * @param maxRun how long the command may run, more than zero; empty: for ever
 * @param stopSignal the number of the signal that lockex sends when it has to end the command
 * @param onLost a script for {@code /bin/sh} that runs when the lock is lost; empty: none
 * @param hold how long the lock is kept at least, from its acquisition; zero: as long as the
 *     command runs
 * @param oncePer whether the command has already been run in its period is asked first; empty: it
 *     always runs
 * @param verbosity how much lockex says
 * @param command the program and its arguments, byte for byte; with {@code --shell} already {@code
 *     /bin/sh -c SCRIPT}
 */
public record LockexOptions(
    Connection connection,
    LockId lockId,
    boolean derivedId,
    int concurrency,
    Optional<Duration> timeout,
    Duration splay,
    int conflictExitCode,
    Optional<Duration> killAfter,
    Optional<Duration> maxRun,
    int stopSignal,
    Optional<String> onLost,
    Duration hold,
    Optional<OncePer> oncePer,
    Verbosity verbosity,
    List<byte[]> command) {}
