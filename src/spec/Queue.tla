------------------------------- MODULE Queue -------------------------------
(***************************************************************************)
(* From a request to a held lock: creates that are retried, sessions that  *)
(* move and end, a follower that lags, the turn that was asked ahead, and  *)
(* places of lockexd that are replaced by grants.                          *)
(*                                                                         *)
(* There is what is committed, and one follower that shows it later.       *)
(* Whether a lease holds is LeaseAndKill's: here it is a word that         *)
(* ZooKeeper keeps. While it holds the session does not end, and when it   *)
(* ends the command is dead. A number stands for a node's place and for    *)
(* its token, the czxid: both grow with each create.                       *)
(*                                                                         *)
(* docs/proof.md says which method does each action.                       *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  N,         \* how many may hold the lock
  Commands,  \* contenders that are lockex
  Requests,  \* contenders that are a lockexd's: a place, then a grant
  Behind,    \* by how many transactions the follower lags at most
  Creates,   \* how many nodes are created at most
  Sessions,  \* how many sessions a contender has at most
  Faults,    \* how many connections break and sessions end at most
  Mutant     \* the rule that is broken; "none": lockex as it is

VARIABLES
  hist,     \* what the follower shows, and all that is committed after it
  proposed, \* a create that the leader has proposed; at most one
  next,     \* the next number
  me,       \* what each contender knows
  last,     \* the newest token that was given
  faults    \* how many faults have happened

vars == <<hist, proposed, next, me, last, faults>>

Contenders == Commands \cup Requests
NoNode == [num |-> 0, who |-> "nobody", ses |-> 0, kind |-> "place", started |-> FALSE]

Committed == hist[Len(hist)]
View(c) == IF me[c].at = "leader" THEN Committed ELSE hist[1]
Newest(S) == CHOOSE n \in S : \A m \in S : m.num <= n.num
Of(c, tree) == {n \in tree : n.who = c}
Numbered(num, tree) == {n \in tree : n.num = num}
Before(num, tree) == {n \in tree : n.num < num}

Init ==
  /\ hist = << {} >> /\ proposed = NoNode /\ next = 1
  /\ me = [c \in Contenders |->
       [st |-> "out",      \* how far it is
        at |-> "leader",   \* its server
        knows |-> 1,       \* the newest transaction it has seen, as a place in hist
        ses |-> 1,         \* its session
        alive |-> TRUE,    \* which ZooKeeper has not ended
        sent |-> FALSE,    \* a create is on its way to the leader
        stale |-> FALSE,   \* one of an earlier connection is
        own |-> 0,         \* its node
        before |-> NoNode, \* the node it watches
        ahead |-> FALSE,   \* all was asked ahead: it is next
        closed |-> FALSE,  \* the short way is closed for good
        lease |-> FALSE]]  \* a heartbeat has shown that the session lasts
  /\ last = 0 /\ faults = 0

Set(c, new) == me' = [me EXCEPT ![c] = new]
Connected(c) == me[c].at # "nowhere"

\* What a reply tells is known from then on.
Knows(c) == IF me[c].at = "leader" THEN Len(hist) ELSE me[c].knows

Commit(tree) ==
  /\ Len(hist) <= Behind
  /\ hist' = Append(hist, tree)

Write(tree) == proposed = NoNode /\ Commit(tree) /\ UNCHANGED <<proposed, next>>
NoWrite == UNCHANGED <<hist, proposed, next>>
Given(num) == last' = num
Same == UNCHANGED <<last, faults>>
Fault == faults < Faults /\ faults' = faults + 1

FollowerApplies ==
  /\ Len(hist) > 1
  /\ hist' = Tail(hist)
  /\ me' = [c \in Contenders |-> [me[c] EXCEPT !.knows = IF @ > 1 THEN @ - 1 ELSE 1]]
  /\ UNCHANGED <<proposed, next, last, faults>>

-----------------------------------------------------------------------------
\* A place in the queue. A create whose connection breaks is retried.

Create(c) == [me[c] EXCEPT !.st = "creating", !.sent = TRUE, !.own = 0, !.closed = FALSE]
MayCreate == next + Cardinality({c \in Contenders : me[c].sent \/ me[c].stale}) <= Creates

Join(c) ==
  /\ me[c].st = "out" /\ Connected(c) /\ MayCreate
  /\ Set(c, Create(c))
  /\ NoWrite /\ Same

Propose(c) ==
  /\ me[c].sent /\ proposed = NoNode
  /\ IF me[c].alive
     THEN /\ proposed' = [num |-> next, who |-> c, ses |-> me[c].ses, kind |-> "place", started |-> FALSE]
          /\ next' = next + 1
     ELSE UNCHANGED <<proposed, next>>
  /\ Set(c, [me[c] EXCEPT !.sent = FALSE])
  /\ UNCHANGED hist /\ Same

\* A request of an earlier connection: ZooKeeper refuses it, because the session has moved.
ProposeStale(c) ==
  /\ me[c].stale /\ me[c].alive /\ proposed = NoNode
  /\ proposed' = [num |-> next, who |-> c, ses |-> me[c].ses, kind |-> "place", started |-> FALSE]
  /\ next' = next + 1
  /\ Set(c, [me[c] EXCEPT !.stale = FALSE])
  /\ UNCHANGED hist /\ Same

CommitProposed ==
  /\ proposed # NoNode
  /\ Commit(Committed \cup {proposed})
  /\ proposed' = NoNode
  /\ UNCHANGED <<next, me>> /\ Same

Created(c) ==
  /\ me[c].st = "creating" /\ Connected(c) /\ ~me[c].sent /\ proposed.who # c
  /\ Of(c, View(c)) # {}
  /\ Set(c, [me[c] EXCEPT !.st = "queued", !.own = Newest(Of(c, View(c))).num, !.knows = Knows(c)])
  /\ NoWrite /\ Same

\* The server of the new connection knows what was done through any before.
Sync(c) ==
  /\ me[c].st = "unsure" /\ Connected(c)
  /\ \/ proposed.who # c /\ Of(c, Committed) \subseteq View(c)
     \/ Mutant = "no sync before a retry"
  /\ Set(c, [me[c] EXCEPT !.st = "synced", !.knows = Knows(c)])
  /\ NoWrite /\ Same

Retry(c) ==
  /\ me[c].st = "synced" /\ Connected(c)
  /\ IF Of(c, View(c)) # {}
     THEN Set(c, [me[c] EXCEPT !.st = "queued", !.own = Newest(Of(c, View(c))).num, !.knows = Knows(c)])
     ELSE MayCreate /\ Set(c, Create(c))
  /\ NoWrite /\ Same

Disconnect(c) ==
  /\ Connected(c) /\ me[c].st \notin {"out", "done"} /\ Fault
  /\ Set(c, [me[c] EXCEPT !.at = "nowhere", !.ahead = FALSE, !.closed = TRUE,
                          !.st = IF @ = "creating" THEN "unsure" ELSE @])
  /\ NoWrite /\ UNCHANGED last

Moved(c, to) == [me[c] EXCEPT !.at = to, !.sent = FALSE,
  !.stale = (@ \/ me[c].sent) /\ Mutant = "a moved session is served"]

\* No server takes us that knows less than we do.
Reconnect(c, to) ==
  /\ ~Connected(c) /\ me[c].alive
  /\ to = "leader" \/ me[c].knows = 1 \/ Mutant = "any server takes us"
  /\ Set(c, Moved(c, to))
  /\ NoWrite /\ Same

-----------------------------------------------------------------------------
\* Sessions and leases.

\* The end of the session that c has now, or of those before it.
Without(c, ended) == {n \in Committed : n.who # c \/ n.ses \notin ended \/ n.kind = "grant"}

Expire(c) ==
  /\ me[c].alive /\ ~me[c].lease /\ me[c].st # "out"
  /\ IF me[c].st = "done" THEN UNCHANGED faults ELSE Fault
  /\ Write(Without(c, {me[c].ses}))
  /\ Set(c, [me[c] EXCEPT !.alive = FALSE])
  /\ UNCHANGED last

ExpireOld(c) ==
  /\ \E n \in Committed : n.who = c /\ n.kind = "place" /\ n.ses < me[c].ses
  /\ Write(Without(c, 0..(me[c].ses - 1)))
  /\ UNCHANGED me /\ Same

\* A holder has lost its lock, a waiter gets another session and goes on.
Anew(c, to) ==
  IF me[c].st = "holds" \/ me[c].ses = Sessions
  THEN [me[c] EXCEPT !.st = "done", !.at = "nowhere", !.lease = FALSE, !.sent = FALSE, !.stale = FALSE]
  ELSE [Moved(c, to) EXCEPT !.ses = @ + 1, !.alive = TRUE, !.lease = FALSE, !.stale = FALSE,
         !.ahead = FALSE, !.closed = TRUE,
         !.st = CASE @ \in {"creating", "unsure", "synced"} -> "unsure"
                  [] @ \in {"watching", "turn"} -> "queued"
                  [] OTHER -> @]

TellExpired(c, to) ==
  /\ ~me[c].alive /\ me[c].st # "done"
  /\ to = "leader" \/ me[c].knows = 1
  /\ Set(c, Anew(c, to))
  /\ NoWrite /\ Same

\* A leader that is cut off tells so of a session that lives on at the next leader.
TellExpiredInError(c, to) ==
  /\ me[c].alive /\ me[c].st \in {"unsure", "queued", "watching", "turn"} /\ Fault
  /\ to = "leader" \/ me[c].knows = 1
  /\ Set(c, Anew(c, to))
  /\ NoWrite /\ UNCHANGED last

\* A heartbeat through the quorum: the node is there, and the session with it.
Prove(c) ==
  /\ me[c].st \in {"watching", "turn"} /\ Connected(c) /\ ~me[c].lease
  /\ IF Mutant = "a read proves"
     THEN Numbered(me[c].own, View(c)) # {}
     ELSE me[c].alive /\ Numbered(me[c].own, Committed) # {}
  /\ Set(c, [me[c] EXCEPT !.lease = TRUE])
  /\ NoWrite /\ Same

\* The command is dead before (LeaseAndKill); a waiter may prove itself again.
LeaseEnds(c) ==
  /\ me[c].lease
  /\ Set(c, [me[c] EXCEPT !.lease = FALSE, !.st = IF @ = "holds" THEN "done" ELSE @])
  /\ NoWrite /\ Same

-----------------------------------------------------------------------------
\* The turn.

\* For a mutex nobody is before us; for a semaphore no more leases exist than may.
IsOurTurn(c) ==
  IF N = 1 THEN Before(me[c].own, View(c)) = {} ELSE Cardinality(View(c)) <= N

\* Curator's way: list the queue; the first one has its turn, all others watch the one before them.
\* With only one before, all is asked ahead under watches.
List(c) ==
  /\ me[c].st = "queued" /\ Connected(c)
  /\ LET own == Numbered(me[c].own, View(c))
         before == Before(me[c].own, View(c))
         watched == Newest(before)
     IN IF own = {}
        THEN Set(c, [me[c] EXCEPT !.st = "out", !.lease = FALSE])
        ELSE IF IsOurTurn(c)
        THEN Set(c, [me[c] EXCEPT !.st = "turn", !.knows = Knows(c)])
        ELSE /\ N = 1
             /\ Set(c, [me[c] EXCEPT
                  !.st = "watching", !.before = watched, !.knows = Knows(c),
                  !.ahead = /\ ~me[c].closed
                            /\ Cardinality(before) = 1 \/ Mutant = "asked ahead without a list"
                            /\ \A n \in own : n.ses = me[c].ses])
  /\ NoWrite /\ Same

\* The watch: the node is gone, or another has its name.
Fired(c) ==
  \A n \in Numbered(me[c].before.num, View(c)) : n.kind # me[c].before.kind

WatchFires(c) ==
  /\ me[c].st = "watching" /\ Connected(c) /\ Fired(c)
  /\ Set(c, [me[c] EXCEPT !.st = "queued", !.ahead = FALSE])
  /\ NoWrite /\ Same

Holds(c) ==
  /\ Set(c, [me[c] EXCEPT !.st = "holds", !.knows = Knows(c), !.before = NoNode])
  /\ Given(me[c].own)
  /\ NoWrite /\ UNCHANGED faults

\* The short way: a command's node that ends does so for good; of another it is asked whether one
\* of its name is there.
TakeTurn(c) ==
  /\ me[c].st = "watching" /\ Connected(c) /\ me[c].ahead /\ Fired(c)
  /\ \/ me[c].before.started
     \/ Numbered(me[c].before.num, View(c)) = {}
     \/ Mutant = "turn behind a replaceable node"
  /\ me[c].lease \/ Mutant = "no proof ahead"
  /\ Holds(c)

Ours(c) ==
  \E n \in Numbered(me[c].own, View(c)) : n.ses = me[c].ses \/ Mutant = "no owner is asked for"

\* Curator's way ends with the same questions.
CheckTurn(c) ==
  /\ me[c].st = "turn" /\ Connected(c) /\ Ours(c)
  /\ me[c].lease \/ Mutant = "no proof ahead"
  /\ Holds(c)

NotOurs(c) ==
  /\ me[c].st = "turn" /\ Connected(c) /\ ~Ours(c)
  /\ Write(Committed \ Numbered(me[c].own, Committed))
  /\ Set(c, [me[c] EXCEPT !.st = "out", !.lease = FALSE])
  /\ Same

\* Curator deletes its node when its recipe fails, though the short way gave the lock: then not.
RecipeFails(c) ==
  /\ \/ me[c].st \in {"queued", "watching", "turn"}
     \/ me[c].st = "holds" /\ me[c].ahead /\ Mutant = "the recipe deletes what holds"
  /\ me[c].alive /\ Connected(c) /\ Numbered(me[c].own, Committed) # {} /\ Fault
  /\ Write(Committed \ Numbered(me[c].own, Committed))
  /\ Set(c, IF me[c].st = "holds" THEN me[c] ELSE [me[c] EXCEPT !.st = "out", !.lease = FALSE])
  /\ UNCHANGED last

\* The command runs, and its node says so.
TellStart(c) ==
  /\ me[c].st = "holds" /\ Connected(c) /\ me[c].alive
  /\ \E n \in Numbered(me[c].own, Committed) :
       /\ ~n.started
       /\ Write((Committed \ {n}) \cup {[n EXCEPT !.started = TRUE]})
  /\ UNCHANGED me /\ Same

\* The end of the session: the command has ended.
Release(c) ==
  /\ me[c].st = "holds" /\ Connected(c) /\ me[c].alive
  /\ Write(Without(c, {me[c].ses}))
  /\ Set(c, [me[c] EXCEPT !.st = "done", !.at = "nowhere", !.alive = FALSE, !.lease = FALSE])
  /\ Same

-----------------------------------------------------------------------------
\* A request of a lockexd, as commands see it.

Place(c) ==
  /\ me[c].st = "out" /\ MayCreate /\ proposed = NoNode
  /\ Commit(Committed \cup {[num |-> next, who |-> c, ses |-> 1, kind |-> "place", started |-> FALSE]})
  /\ next' = next + 1
  /\ Set(c, [me[c] EXCEPT !.st = "queued", !.own = next])
  /\ UNCHANGED proposed /\ Same

GrantOf(c) == [num |-> me[c].own, who |-> c, ses |-> 1, kind |-> "grant", started |-> FALSE]

\* One transaction: the place goes and a grant of its name comes.
Grant(c) ==
  /\ me[c].st = "queued" /\ Before(me[c].own, View(c)) = {}
  /\ Numbered(me[c].own, Committed) # {}
  /\ IF Mutant = "a grant in two transactions"
     THEN /\ Write(Committed \ Numbered(me[c].own, Committed))
          /\ Set(c, [me[c] EXCEPT !.st = "half"])
          /\ Same
     ELSE /\ Write((Committed \ Numbered(me[c].own, Committed)) \cup {GrantOf(c)})
          /\ Set(c, [me[c] EXCEPT !.st = "holds"])
          /\ Given(me[c].own) /\ UNCHANGED faults

OtherHalf(c) ==
  /\ me[c].st = "half"
  /\ Write(Committed \cup {GrantOf(c)})
  /\ Set(c, [me[c] EXCEPT !.st = "holds"])
  /\ Given(me[c].own) /\ UNCHANGED faults

GrantEnds(c) ==
  /\ me[c].st = "holds"
  /\ Write(Committed \ Numbered(me[c].own, Committed))
  /\ Set(c, [me[c] EXCEPT !.st = "done"])
  /\ Same

-----------------------------------------------------------------------------
OfCommand(c) ==
  \/ Join(c) \/ Propose(c) \/ ProposeStale(c) \/ Created(c) \/ Sync(c) \/ Retry(c) \/ Disconnect(c)
  \/ Expire(c) \/ ExpireOld(c) \/ Prove(c) \/ LeaseEnds(c)
  \/ List(c) \/ WatchFires(c) \/ TakeTurn(c) \/ CheckTurn(c) \/ NotOurs(c)
  \/ RecipeFails(c) \/ TellStart(c) \/ Release(c)
  \/ \E to \in {"leader", "follower"} :
       Reconnect(c, to) \/ TellExpired(c, to) \/ TellExpiredInError(c, to)

OfRequest(c) == Place(c) \/ Grant(c) \/ OtherHalf(c) \/ GrantEnds(c)

Next ==
  \/ FollowerApplies \/ CommitProposed
  \/ \E c \in Commands : OfCommand(c)
  \/ \E c \in Requests : OfRequest(c)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
Holders == {c \in Contenders : me[c].st = "holds"}

NeverMoreThanN == Cardinality(Holders) <= N

\* Nobody waits behind a node of its own that it does not know.
NobodyBehindItself ==
  \A c \in Commands : Cardinality({n \in Committed : n.who = c /\ n.ses = me[c].ses}) <= 1

\* For a mutex, from holder to holder.
TokensGrow == [][N = 1 /\ last' # last => last' > last]_vars

\* With finitely many faults whoever queues comes to its turn, or gives its place up.
Fairness ==
  /\ WF_vars(FollowerApplies) /\ WF_vars(CommitProposed)
  /\ \A c \in Commands :
       /\ WF_vars(Propose(c)) /\ WF_vars(Created(c)) /\ WF_vars(Sync(c)) /\ WF_vars(Retry(c))
       /\ WF_vars(Expire(c)) /\ WF_vars(ExpireOld(c)) /\ WF_vars(Prove(c))
       /\ WF_vars(List(c)) /\ WF_vars(WatchFires(c) \/ TakeTurn(c)) /\ SF_vars(CheckTurn(c))
       /\ WF_vars(NotOurs(c)) /\ WF_vars(Release(c))
       /\ WF_vars(Reconnect(c, "leader")) /\ WF_vars(TellExpired(c, "leader"))
  /\ \A c \in Requests : WF_vars(Grant(c)) /\ WF_vars(OtherHalf(c)) /\ WF_vars(GrantEnds(c))

FairSpec == Spec /\ Fairness

NobodyWaitsForEver ==
  \A c \in Contenders : me[c].st \in {"queued", "watching", "turn"} ~> me[c].st \in {"holds", "out", "done"}
=============================================================================
