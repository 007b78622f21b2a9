---------------------------- MODULE LeaseAndKill ----------------------------
(***************************************************************************)
(* One holder's lease, and the end of its command: why the command is dead *)
(* before ZooKeeper can give the lock away.                                *)
(*                                                                         *)
(* The holder has one session. Its server is the leader, a follower, or    *)
(* one of them that is cut off from the quorum and does not know it yet.   *)
(* The other contender is as quick as can be: it runs as soon as the       *)
(* holder's node is gone.                                                  *)
(*                                                                         *)
(* Times are whole ticks of lockex's clock, told as ages. The leader's may *)
(* gain Drift of them in Timeout. A request arrives at once and is         *)
(* answered at any time or never: that the leader hears of it later would  *)
(* only prolong the session. All else takes any time, too: a message       *)
(* between servers, an election, a stopped process.                        *)
(*                                                                         *)
(* docs/proof.md says which method does each action.                       *)
(***************************************************************************)
EXTENDS Integers, Sequences

CONSTANTS
  Timeout,      \* the session timeout, T
  Margin,       \* the command is dead so long before T is over
  KillAhead,    \* SIGKILL goes out so long before that
  Lag,          \* the most that a follower's report lags, L
  ReportWithin, \* a follower tells its leader so soon who was active
  Drift,        \* what the leader's clock may gain in Timeout
  Faults,       \* how many faults happen at most; 0: any number
  Mutant        \* the rule that is broken; "none": lockex as it is

VARIABLES
  heard,    \* how long ago the leader heard of the session
  quorum,   \* there is a leader with a quorum
  node,     \* the holder's node exists, by what is committed
  server,   \* what the holder is connected to
  marked,   \* how long ago the follower saw the session active, unreported
  link,     \* what is on its way from that follower to its leader
  read,     \* how long ago the read was sent that is not answered
  answered, \* the last exchange that a heartbeat may prove
  asked,    \* how long ago the connection was asked for that no heartbeat has proven
  proof,    \* the heartbeat on its way, and what its answer will prove
  base,     \* how long ago the lease began
  phase,    \* how far the command is
  timer,    \* the dead man's timer is armed
  lockex,   \* "up", "stopped" or "dead"
  other,    \* the other contender's command runs
  faults    \* how many faults have happened

servers == <<heard, quorum, node, server>>
follower == <<marked, link>>
client == <<read, answered, asked, proof, base>>
command == <<phase, timer, lockex>>
vars == <<servers, follower, client, command, other, faults>>

Never == Timeout + 1 \* the age of what has not happened
NoExchange == [sent |-> Never, received |-> 0]
NoProof == [at |-> "nowhere", proves |-> Never]

DieAfter == Timeout - (IF Mutant = "no margin" THEN 0 ELSE Margin)
KillAfter == DieAfter - KillAhead

Runs == phase \in {"runs", "leftovers"}
Connected == server # "nobody"
Acts == lockex = "up" /\ node

Min(a, b) == IF a <= b THEN a ELSE b

Init ==
  /\ heard = 0 /\ quorum = TRUE /\ node = TRUE
  /\ server \in {"leader", "follower"}
  /\ marked = Never /\ link = <<>>
  /\ read = Never /\ answered = NoExchange /\ asked = Never /\ proof = NoProof /\ base = 0
  /\ phase = "ours" /\ timer = FALSE /\ lockex = "up"
  /\ other = FALSE /\ faults = 0

Fault ==
  /\ Faults > 0 => faults < Faults
  /\ faults' = IF Faults > 0 THEN faults + 1 ELSE 0

-----------------------------------------------------------------------------
\* The holder's requests, and what they prove.

\* Whatever arrives shows the server that the session is active.
Touch ==
  /\ heard' = IF server = "leader" THEN 0 ELSE heard
  /\ marked' = IF server = "follower" /\ marked = Never THEN 0 ELSE marked

SendRead ==
  /\ Acts /\ Connected /\ read = Never
  /\ read' = 0
  /\ Touch
  /\ UNCHANGED <<quorum, node, server, link, answered, asked, proof, base, command, other, faults>>

\* Any server answers it. Which of several exchanges is remembered does not matter: the lease
\* begins with the newest that is proven, so it begins with one of them.
ReadAnswered ==
  /\ Acts /\ Connected /\ read # Never
  /\ \/ answered' = [sent |-> read, received |-> 0]
     \/ answered' = answered
  /\ base' = IF Mutant = "a read proves" THEN Min(base, read) ELSE base
  /\ read' = Never
  /\ UNCHANGED <<servers, follower, asked, proof, command, other, faults>>

\* What the answer to a heartbeat that is sent now will prove: how long ago the leader has heard
\* of the session at the latest.
Proves ==
  CASE answered = NoExchange -> asked
    [] Mutant = "no lag" -> Min(answered.sent, asked)
    [] Mutant = "a heartbeat proves itself" -> 0
    [] answered.received < Lag -> asked
    [] Mutant = "from the receipt" -> Min(answered.received, asked)
    [] OTHER -> Min(answered.sent, asked)

\* A leader that is cut off proposes it in vain; but it would answer a sync.
SendProof ==
  /\ Acts /\ Connected /\ proof = NoProof
  /\ Touch
  /\ proof' =
       CASE server = "leader" \/ (server = "cut leader" /\ Mutant = "sync for the check") ->
              [at |-> "coming", proves |-> Proves]
         [] server = "follower" -> [at |-> "forwarded", proves |-> Proves]
         [] OTHER -> NoProof
  /\ link' = IF server = "follower" THEN Append(link, "proof") ELSE link
  /\ answered' = IF Proves = asked THEN answered ELSE NoExchange
  /\ UNCHANGED <<quorum, node, server, read, asked, base, command, other, faults>>

ProofAnswered ==
  /\ Acts /\ Connected /\ proof.at = "coming"
  /\ base' = Min(base, proof.proves)
  /\ asked' = Never
  /\ proof' = NoProof
  /\ UNCHANGED <<servers, follower, read, answered, command, other, faults>>

Forget ==
  /\ marked' = Never /\ link' = <<>>
  /\ read' = Never /\ answered' = NoExchange /\ asked' = Never /\ proof' = NoProof

\* The client, or its server, gives the connection up.
Disconnect ==
  /\ node /\ Connected /\ Fault
  /\ server' = "nobody"
  /\ Forget
  /\ UNCHANGED <<heard, quorum, node, base, command, other>>

\* A follower asks its leader about the session. A leader asks itself, cut off or not.
Reconnect ==
  /\ Acts /\ ~Connected
  /\ \/ quorum /\ server' \in {"leader", "follower"} /\ heard' = 0
     \/ server' = "cut leader" /\ heard' = heard
  /\ asked' = 0
  /\ base' = IF Mutant = "a reconnect proves" THEN 0 ELSE base
  /\ UNCHANGED <<quorum, node, follower, read, answered, proof, command, other, faults>>

-----------------------------------------------------------------------------
\* The servers.

\* The follower's answer to a ping of its leader. Two in a row say no more than one.
Report ==
  /\ marked # Never /\ server = "follower"
  /\ link' = IF link # <<>> /\ link[Len(link)] = "report" THEN link ELSE Append(link, "report")
  /\ marked' = Never
  /\ UNCHANGED <<servers, client, command, other, faults>>

LeaderHears ==
  /\ link # <<>>
  /\ link' = Tail(link)
  /\ heard' = IF Head(link) = "report" THEN 0 ELSE heard
  /\ proof' = IF Head(link) = "proof" THEN [proof EXCEPT !.at = "coming"] ELSE proof
  /\ UNCHANGED <<quorum, node, server, marked, read, answered, asked, base, command, other, faults>>

\* The follower loses its leader, which has its quorum yet or is dead.
FollowerIsCutOff ==
  /\ server = "follower" /\ Fault
  /\ server' = "cut follower"
  /\ quorum' \in {TRUE, FALSE}
  /\ marked' = Never /\ link' = <<>>
  /\ proof' = IF proof.at = "forwarded" THEN NoProof ELSE proof
  /\ UNCHANGED <<heard, node, read, answered, asked, base, command, other>>

LeaderIsCutOff ==
  /\ node /\ quorum /\ server # "follower" /\ Fault
  /\ quorum' = FALSE
  /\ server' = IF server = "leader" THEN "cut leader" ELSE server
  /\ UNCHANGED <<heard, node, follower, client, command, other>>

\* A new leader counts from its election.
Elect ==
  /\ ~quorum
  /\ quorum' = TRUE
  /\ heard' = IF node THEN 0 ELSE heard
  /\ UNCHANGED <<node, server, follower, client, command, other, faults>>

\* The node is gone: what goes on between the holder and its servers matters no more.
Gone ==
  /\ node' = FALSE /\ server' = "nobody" /\ heard' = Timeout /\ quorum' = TRUE
  /\ Forget

Expire ==
  /\ node /\ quorum /\ heard >= Timeout - Drift
  /\ Gone
  /\ UNCHANGED <<base, command, other, faults>>

OtherStarts ==
  /\ ~node /\ ~other
  /\ other' = TRUE
  /\ UNCHANGED <<servers, follower, client, command, faults>>

-----------------------------------------------------------------------------
\* lockex and its command.

Arm ==
  /\ lockex = "up" /\ ~timer /\ Mutant # "no timer"
  /\ phase = (IF Mutant = "spawned before the timer is armed" THEN "runs" ELSE "ours")
  /\ timer' = TRUE
  /\ UNCHANGED <<servers, follower, client, phase, lockex, other, faults>>

Spawn ==
  /\ lockex = "up" /\ phase = "ours"
  /\ timer \/ Mutant \in {"spawned before the timer is armed", "no timer"}
  /\ base < KillAfter
  /\ phase' = "runs"
  /\ UNCHANGED <<servers, follower, client, timer, lockex, other, faults>>

CommandExits ==
  /\ phase = "runs"
  /\ phase' \in {"leftovers", "nothing"}
  /\ timer' = IF Mutant = "disarmed before the last is reaped" THEN FALSE ELSE timer
  /\ UNCHANGED <<servers, follower, client, lockex, other, faults>>

\* All are killed and reaped: what the command left, and everything when the lease runs out.
Kill ==
  /\ lockex = "up"
  /\ phase = "leftovers" \/ (phase = "runs" /\ base >= KillAfter)
  /\ phase' = "nothing"
  /\ UNCHANGED <<servers, follower, client, timer, lockex, other, faults>>

Dies ==
  /\ lockex' = "dead" /\ timer' = FALSE
  /\ server' = "nobody" /\ base' = Timeout
  /\ Forget
  /\ UNCHANGED <<heard, quorum, node, phase, other>>

Release ==
  /\ lockex = "up" /\ node /\ server \in {"leader", "follower"}
  /\ \/ phase = "nothing"
     \/ phase = "leftovers" /\ Mutant = "released before the kill"
  /\ Gone
  /\ lockex' = IF phase = "nothing" THEN "dead" ELSE lockex
  /\ timer' = FALSE
  /\ UNCHANGED <<base, phase, other, faults>>

\* ZooKeeper is away, or the lease is too old to start with: the lock goes with the session.
Leave ==
  /\ lockex = "up" /\ (phase = "nothing" \/ (phase = "ours" /\ base >= KillAfter))
  /\ Dies
  /\ UNCHANGED faults

TimerFires == lockex # "dead" /\ timer /\ base >= DieAfter /\ Dies /\ UNCHANGED faults

IsKilled == lockex # "dead" /\ Fault /\ Dies

GuardKills ==
  /\ lockex = "dead" /\ Runs /\ Mutant # "no guard"
  /\ phase' = "nothing"
  /\ UNCHANGED <<servers, follower, client, timer, lockex, other, faults>>

IsStopped ==
  /\ lockex = "up" /\ Fault
  /\ lockex' = "stopped"
  /\ UNCHANGED <<servers, follower, client, phase, timer, other>>

IsContinued ==
  /\ lockex = "stopped"
  /\ lockex' = "up"
  /\ UNCHANGED <<servers, follower, client, phase, timer, other, faults>>

-----------------------------------------------------------------------------
\* What comes before the next tick: a report that is due, SIGKILL by a lockex that is not stopped,
\* the kernel's timer, and the guard.
Due ==
  \/ marked = ReportWithin /\ server = "follower"
  \/ lockex = "up" /\ Runs /\ base >= KillAfter
  \/ lockex # "dead" /\ timer /\ base >= DieAfter
  \/ lockex = "dead" /\ Runs /\ Mutant # "no guard"

Older(age) == IF age >= Timeout THEN age ELSE age + 1
\* What is no younger than the lease cannot move it.
Useful(age) == IF Older(age) >= base' THEN Never ELSE Older(age)

Tick ==
  /\ ~Due
  /\ heard' = Older(heard)
  /\ marked' = Older(marked)
  /\ base' = Older(base)
  /\ read' = Useful(read)
  /\ asked' = Useful(asked)
  /\ answered' =
       IF Useful(answered.sent) = Never THEN NoExchange
       ELSE [sent |-> Useful(answered.sent),
             received |-> IF answered.received < Lag \/ Mutant = "from the receipt"
                          THEN answered.received + 1 ELSE Lag]
  /\ proof' = [proof EXCEPT !.proves = Useful(@)]
  /\ UNCHANGED <<quorum, node, server, link, command, other, faults>>

Next ==
  \/ SendRead \/ ReadAnswered \/ SendProof \/ ProofAnswered \/ Disconnect \/ Reconnect
  \/ Report \/ LeaderHears \/ FollowerIsCutOff \/ LeaderIsCutOff \/ Elect \/ Expire \/ OtherStarts
  \/ Arm \/ Spawn \/ CommandExits \/ Kill \/ Release \/ Leave
  \/ TimerFires \/ IsKilled \/ GuardKills \/ IsStopped \/ IsContinued
  \/ Tick

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
NeverTwoRun == ~(Runs /\ other)

\* With finitely many faults the command ends, and so does the wait of the other contender.
Fairness ==
  /\ WF_vars(Tick) /\ WF_vars(Elect) /\ WF_vars(Expire) /\ WF_vars(OtherStarts)
  /\ WF_vars(Report) /\ WF_vars(LeaderHears)
  /\ WF_vars(Arm) /\ WF_vars(Spawn) /\ WF_vars(CommandExits) /\ WF_vars(Kill)
  /\ WF_vars(Release \/ Leave) /\ WF_vars(TimerFires) /\ WF_vars(GuardKills)

FairSpec == Spec /\ Fairness

NobodyWaitsForEver == <>other
=============================================================================
