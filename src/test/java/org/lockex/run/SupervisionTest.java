package org.lockex.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is done to the command, when, and what lockex exits with: a table. See SupervisedRun. */
class SupervisionTest {
  private static final String NOTHING = "";

  /**
   * One row.
   *
   * @param trace what is done between {@code 0.0 arm 5.5} and {@code disarm}, the start included;
   *     semicolons apart
   * @param end the exit code, then what is said on stderr and by the outcome
   */
  record Row(String what, String options, List<String> events, String trace, String end) {
    @Override
    public String toString() {
      return what;
    }
  }

  private static Row row(String what, String options, String events, String trace, String end) {
    return new Row(what, options, List.of(events.split("; ")), trace, end);
  }

  static List<Row> rows() {
    return List.of(
        row(
            "the command ends and leaves nothing",
            NOTHING,
            "1 exit 3; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 disarm",
            "3"),
        row(
            "the command dies of a signal",
            NOTHING,
            "1 dies-of 11; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 disarm",
            "139"),
        row(
            "what it left goes late: the lock is kept until then",
            NOTHING,
            "1 exit 0; 3 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 3.0 disarm",
            "0"),
        row(
            "-k shortens the time of what it left",
            "-k 2",
            "1 exit 0; 3 ended",
            "0.0 start; 0.0 publish; 1.0 end within 2.0; 3.0 disarm",
            "0"),
        row(
            "a longer -k does not lengthen it",
            "-k 9",
            "1 exit 0; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 disarm",
            "0"),
        row(
            "what cannot be killed keeps the lock, and is told",
            NOTHING,
            "1 exit 0; 2 unkillable 99; 3 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 3.0 disarm",
            "0 lockex: end on processes [99]: SIGKILL has no effect; the lock is kept meanwhile"),
        row(
            "a lock of another library that comes to ours is told, and the command goes on",
            NOTHING,
            "1 other-make; 3 exit 0; 3 ended",
            "0.0 start; 0.0 publish; 3.0 end within 5.0; 3.0 disarm",
            "0 lockex: hold on lock /lockex/x: a lock of X has come to it, node u__lock__0,"
                + " and does not wait for lockex: it may run beside the command"),
        row(
            "SIGTERM is passed on and kills nothing by itself",
            NOTHING,
            "1 signal 15; 3 exit 0; 3 ended",
            "0.0 start; 0.0 publish; 1.0 signal 15; 3.0 end within 5.0; 3.0 disarm",
            "0"),
        row(
            "SIGTERM with -k: SIGKILL follows",
            "-k 1",
            "1 signal 15; 2.1 dies-of 9; 2.1 ended",
            "0.0 start; 0.0 publish; 1.0 signal 15; 2.0 KILL; 2.1 end within 1.0; 2.1 disarm",
            "137"),
        row(
            "a second SIGTERM does not put SIGKILL off",
            "-k 1",
            "1 signal 15; 1.9 signal 15; 2.1 dies-of 9; 2.1 ended",
            "0.0 start; 0.0 publish; 1.0 signal 15; 1.9 signal 15; 2.0 KILL; 2.1 end within 1.0;"
                + " 2.1 disarm",
            "137"),
        row(
            "SIGHUP is passed on, and -k does not count from it",
            "-k 1",
            "1 signal 1; 3 exit 0; 3 ended",
            "0.0 start; 0.0 publish; 1.0 signal 1; 3.0 end within 1.0; 3.0 disarm",
            "0"),
        row(
            "a stop is followed",
            NOTHING,
            "1 stopped 20; 2 exit 0; 2 ended",
            "0.0 start; 0.0 publish; 1.0 suspend; 2.0 end within 5.0; 2.0 disarm",
            "0"),
        row(
            "a signal that came with the lock: nothing is started",
            NOTHING,
            "0 signal 15",
            "0.0 disarm",
            "143"),
        row(
            "a window's new size does not keep it from starting",
            NOTHING,
            "0 signal 28; 1 exit 0; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 disarm",
            "0"),
        row(
            "a loss that came with the lock: nothing is started",
            NOTHING,
            "0 lost",
            "0.0 disarm",
            "76 hold on lock /lockex/x: ZooKeeper ended session 0x1 before the command was started"),
        row(
            "a guard that died before: nothing is started",
            NOTHING,
            "0 guard-died",
            "0.0 disarm",
            "70 guard on lock /lockex/x: it died; the command was killed"),
        row(
            "a loss: SIGKILL at once",
            NOTHING,
            "1 lost; 1.1 dies-of 9; 1.1 ended",
            "0.0 start; 0.0 publish; 1.0 KILL; 1.1 end within 5.0; 1.1 disarm",
            "76 hold on lock /lockex/x: ZooKeeper ended session 0x1; the command was killed"),
        row(
            "a loss after the command's end is no fault of the command",
            NOTHING,
            "1 exit 4; 2 lost; 2.1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 2.0 KILL; 2.1 disarm",
            "4"),
        row(
            "silence: SIGTERM, then SIGKILL, both before the timer",
            NOTHING,
            "5.1 dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 4.0 TERM; 5.0 KILL; 5.1 end within 5.0; 5.1 disarm",
            "76 hold on lock /lockex/x: ZooKeeper is not heard of; the command was ended before the"
                + " lock moves on"),
        row(
            "silence: a command that heeds SIGTERM is not killed",
            NOTHING,
            "4.2 dies-of 15; 4.2 ended",
            "0.0 start; 0.0 publish; 4.0 TERM; 4.2 end within 5.0; 4.2 disarm",
            "76 hold on lock /lockex/x: ZooKeeper is not heard of; the command was ended before the"
                + " lock moves on"),
        row(
            "silence with a short -k: SIGTERM later",
            "-k 0.5",
            "5.1 dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 4.5 TERM; 5.0 KILL; 5.1 end within 0.5; 5.1 disarm",
            "76 hold on lock /lockex/x: ZooKeeper is not heard of; the command was ended before the"
                + " lock moves on"),
        row(
            "a heartbeat moves everything",
            NOTHING,
            "3 renewed 8; 7.5 dies-of 15; 7.5 ended",
            "0.0 start; 0.0 publish; 3.0 arm 8.5; 7.0 TERM; 7.5 end within 5.0; 7.5 disarm",
            "76 hold on lock /lockex/x: ZooKeeper is not heard of; the command was ended before the"
                + " lock moves on"),
        row(
            "the lease runs out while what the command left ends: it is killed in time",
            NOTHING,
            "3 exit 0; 5.1 ended",
            "0.0 start; 0.0 publish; 3.0 end within 5.0; 5.0 KILL; 5.1 disarm",
            "0"),
        row(
            "break: SIGTERM, and SIGKILL after 10 s",
            NOTHING,
            "1 break; 2 renewed 20; 11.1 dies-of 9; 11.1 ended",
            "0.0 start; 0.0 publish; 1.0 TERM; 2.0 arm 20.5; 11.0 KILL; 11.1 end within 5.0; 11.1"
                + " disarm",
            "76 hold on lock /lockex/x: eve asked for it; the command was ended"),
        row(
            "break with -k",
            "-k 1",
            "1 break; 2.1 dies-of 9; 2.1 ended",
            "0.0 start; 0.0 publish; 1.0 TERM; 2.0 KILL; 2.1 end within 1.0; 2.1 disarm",
            "76 hold on lock /lockex/x: eve asked for it; the command was ended"),
        row(
            "--max-run: SIGTERM, and the run is 124 whatever the command answers",
            "--max-run 2 --once-per",
            "2.5 exit 0; 2.5 ended; 3 recorded",
            "0.0 start; 0.0 publish; 2.0 TERM; 2.5 record 124 2.5; 2.5 end within 5.0; 2.5 leave;"
                + " 3.0 disarm",
            "124 run on lock /lockex/x: it took longer than --max-run 2s; the command was ended"),
        row(
            "--max-run: SIGKILL after 10 s, and the run is 137",
            "--max-run 1 --once-per",
            "0.5 renewed 20; 11.1 dies-of 9; 11.1 ended; 11.2 recorded",
            "0.0 start; 0.0 publish; 0.5 arm 20.5; 1.0 TERM; 11.0 KILL; 11.1 record 137 11.1;"
                + " 11.1 end within 5.0; 11.2 disarm",
            "137 run on lock /lockex/x: it took longer than --max-run 1s; the command was killed"),
        row(
            "--max-run with -k",
            "--max-run 1 -k 1",
            "2.1 dies-of 9; 2.1 ended",
            "0.0 start; 0.0 publish; 1.0 TERM; 2.0 KILL; 2.1 end within 1.0; 2.1 disarm",
            "137 run on lock /lockex/x: it took longer than --max-run 1s; the command was killed"),
        row(
            "--max-run that is not over at the command's end changes nothing",
            "--max-run 2",
            "1 exit 3; 3 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 3.0 disarm",
            "3"),
        row(
            "--max-run is over after a break: the command was asked already",
            "--max-run 2",
            "1 break; 3 dies-of 15; 3 ended",
            "0.0 start; 0.0 publish; 1.0 TERM; 3.0 end within 5.0; 3.0 disarm",
            "76 hold on lock /lockex/x: eve asked for it; the command was ended"),
        row(
            "--max-run is over, and then ZooKeeper is silent: SIGKILL when the lease says so",
            "--max-run 3.5",
            "5.1 dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 3.5 TERM; 4.0 TERM; 5.0 KILL; 5.1 end within 5.0; 5.1 disarm",
            "137 run on lock /lockex/x: it took longer than --max-run 3.5s; the command was killed"),
        row(
            "--on-lost: runs from SIGTERM on, and SIGKILL comes when it comes without it",
            "--on-lost",
            "5.1 dies-of 9; 5.1 beside-dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 4.0 TERM and LOCKEX_GRACE_MS=1000; 5.0 KILL;"
                + " 5.1 end within 5.0; 5.1 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it was killed before it ended"
                + " hold on lock /lockex/x: ZooKeeper is not heard of; the command was ended before"
                + " the lock moves on"),
        row(
            "--on-lost keeps its time when the command has ended, and what is left gets SIGTERM then",
            "--on-lost",
            "4.2 exit 0; 4.7 beside-exit 3; 4.8 ended",
            "0.0 start; 0.0 publish; 4.0 TERM and LOCKEX_GRACE_MS=1000;"
                + " 4.7 end within 5.0; 4.8 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it ended with 3 hold on lock /lockex/x:"
                + " ZooKeeper is not heard of; the command was ended before the lock moves on"),
        row(
            "--on-lost that hangs after the command's end has what is left, and no more",
            "--on-lost",
            "4.2 exit 0; 5.1 beside-dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 4.0 TERM and LOCKEX_GRACE_MS=1000; 5.0 KILL;"
                + " 5.1 end within 5.0; 5.1 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it was killed before it ended hold on lock"
                + " /lockex/x: ZooKeeper is not heard of; the command was ended before the lock"
                + " moves on"),
        row(
            "--on-lost after a break: 5 s after the command's end at most, as for what it left",
            "--on-lost",
            "0.5 renewed 20; 1 break; 2 exit 0; 7.1 beside-dies-of 9; 7.1 ended",
            "0.0 start; 0.0 publish; 0.5 arm 20.5; 1.0 TERM and LOCKEX_GRACE_MS=10000;"
                + " 7.0 KILL; 7.1 end within 5.0; 7.1 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it was killed before it ended hold on lock"
                + " /lockex/x: eve asked for it; the command was ended"),
        row(
            "--on-lost runs once, though the lease runs out after the break",
            "--on-lost",
            "1 break; 5.1 dies-of 9; 5.1 beside-dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 1.0 TERM and LOCKEX_GRACE_MS=10000; 4.0 TERM; 5.0 KILL;"
                + " 5.1 end within 5.0; 5.1 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it was killed before it ended hold on lock"
                + " /lockex/x: eve asked for it; the command was ended"),
        row(
            "--on-lost is not run where there is no time: -k 0",
            "--on-lost -k 0",
            "5.1 dies-of 9; 5.1 ended",
            "0.0 start; 0.0 publish; 5.0 TERM; 5.0 KILL; 5.1 KILL; 5.1 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it was not run: no time is left hold on"
                + " lock /lockex/x: ZooKeeper is not heard of; the command was ended before the lock"
                + " moves on"),
        row(
            "--on-lost is not run where the lock is gone already",
            "--on-lost",
            "1 lost; 1.1 dies-of 9; 1.1 ended",
            "0.0 start; 0.0 publish; 1.0 KILL; 1.1 end within 5.0; 1.1 disarm",
            "76 lockex: run --on-lost on lock /lockex/x: it was not run: no time is left hold on"
                + " lock /lockex/x: ZooKeeper ended session 0x1; the command was killed"),
        row(
            "--on-lost is not for what the command left",
            "--on-lost",
            "3 exit 0; 5.1 ended",
            "0.0 start; 0.0 publish; 3.0 end within 5.0; 5.0 KILL; 5.1 disarm",
            "0"),
        row(
            "--on-lost is not for --max-run",
            "--on-lost --max-run 2",
            "2.5 exit 0; 2.5 ended",
            "0.0 start; 0.0 publish; 2.0 TERM; 2.5 end within 5.0; 2.5 disarm",
            "124 run on lock /lockex/x: it took longer than --max-run 2s; the command was ended"),
        row(
            "--hold keeps the lock, and gives the terminal back meanwhile",
            "--hold 3",
            "1 exit 0; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 leave; 3.0 disarm",
            "0"),
        row(
            "--hold is over when the command takes longer",
            "--hold 1",
            "2 exit 0; 2 ended",
            "0.0 start; 0.0 publish; 2.0 end within 5.0; 2.0 disarm",
            "0"),
        row(
            "--hold ends with a signal",
            "--hold 3",
            "1 exit 0; 1 ended; 2 signal 1",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 leave; 2.0 signal 1; 2.0 disarm",
            "0"),
        row(
            "--hold ends with Ctrl-C, which comes to the command alone",
            "--hold 3",
            "1 dies-of 2; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 disarm",
            "130"),
        row(
            "--hold ends with a break",
            "--hold 3",
            "1 exit 0; 1 ended; 2 break",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 leave; 2.0 disarm",
            "0"),
        row(
            "--hold ends with the lease, which is told",
            "--hold 9",
            "1 exit 0; 1 ended",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 leave; 4.0 disarm",
            "0 lockex: hold on lock /lockex/x: it was lost before --hold was over"),
        row(
            "--hold ends with a loss: another may have the lock",
            "--hold 3",
            "1 exit 0; 1 ended; 2 lost",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 leave; 2.0 KILL; 2.0 disarm",
            "0 lockex: hold on lock /lockex/x: it was lost before --hold was over"),
        row(
            "--hold ends when another thread dies",
            "--hold 3",
            "1 exit 0; 1 ended; 2 defect",
            "0.0 start; 0.0 publish; 1.0 end within 5.0; 1.0 leave; 2.0 KILL; 2.0 disarm",
            "70 thread: torn"),
        row(
            "--hold ends with the stop signal, and not with one that only tells something",
            "--hold 3 --stop-signal",
            "0.5 signal 28; 1 signal 3; 2 exit 0; 2 ended",
            "0.0 start; 0.0 publish; 0.5 signal 28; 1.0 signal 3; 2.0 end within 5.0; 2.0 disarm",
            "0"),
        row(
            "--hold goes on when a running command gets SIGHUP",
            "--hold 3",
            "0.5 signal 1; 1 exit 0; 1 ended",
            "0.0 start; 0.0 publish; 0.5 signal 1; 1.0 end within 5.0; 1.0 leave; 3.0 disarm",
            "0"),
        row(
            "a signal for the command alone changes nothing of lockex's",
            "--hold 3 -k 1",
            "0.5 passed-by 15; 2 exit 0; 2 ended",
            "0.0 start; 0.0 publish; 0.5 signal 15; 2.0 end within 1.0; 2.0 leave; 3.0 disarm",
            "0"),
        row(
            "--once-per: the lock is kept until the run is recorded",
            "--once-per",
            "1 exit 0; 1 ended; 2 recorded",
            "0.0 start; 0.0 publish; 1.0 record 0 1.0; 1.0 end within 5.0; 1.0 leave; 2.0 disarm",
            "0"),
        row(
            "--once-per: a run that cannot be recorded is told",
            "--once-per",
            "1 exit 0; 1 ended; 2 not-recorded",
            "0.0 start; 0.0 publish; 1.0 record 0 1.0; 1.0 end within 5.0; 1.0 leave; 2.0 disarm",
            "0 lockex: no record"),
        row(
            "--once-per: the lease runs out first",
            "--once-per",
            "1 exit 0; 1 ended",
            "0.0 start; 0.0 publish; 1.0 record 0 1.0; 1.0 end within 5.0; 1.0 leave; 4.0 disarm",
            "0 lockex: record the run on lock /lockex/x: ZooKeeper is not heard of"),
        row(
            "the guard dies: SIGKILL at once",
            NOTHING,
            "1 guard-died; 1.1 dies-of 9; 1.1 ended",
            "0.0 start; 0.0 publish; 1.0 KILL; 1.1 end within 5.0; 1.1 disarm",
            "70 guard on lock /lockex/x: it died; the command was killed"),
        row(
            "another thread dies: the command is ended, then the lock may go",
            NOTHING,
            "1 defect; 1.1 dies-of 9; 1.1 ended",
            "0.0 start; 0.0 publish; 1.0 KILL; 1.1 end within 5.0; 1.1 disarm",
            "70 thread: torn"),
        row(
            "another thread dies while only the record is waited for",
            "--once-per",
            "1 exit 0; 1 ended; 2 defect",
            "0.0 start; 0.0 publish; 1.0 record 0 1.0; 1.0 end within 5.0; 1.0 leave; 2.0 KILL;"
                + " 2.0 disarm",
            "70 thread: torn"),
        row(
            "a thread that knows of the processes dies: the timer stays armed, lockex goes",
            NOTHING,
            "1 thread-died",
            "0.0 start; 0.0 publish",
            "70 run on thread reaper: it died of java.lang.IllegalStateException: torn"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void does_what_the_table_says(Row row) throws InterruptedException {
    SupervisedRun run = new SupervisedRun();
    RunOutcome outcome = run.run(row.options(), row.events().toArray(String[]::new));
    assertEquals("0.0 arm 5.5; " + row.trace(), String.join("; ", run.trace()));
    String said = (outcome.exitCode() + " " + run.said()).strip();
    assertEquals(row.end(), (said + " " + outcome.fault().orElse("")).strip());
  }
}
