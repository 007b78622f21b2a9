------------------------------- MODULE Grants -------------------------------
(***************************************************************************)
(* Several lockexds that grant one lock to their clients: promises that    *)
(* outlive every session, counted from the sending.                        *)
(*                                                                         *)
(* Each lockexd has a mirror of what is committed. It is told of the       *)
(* changes one by one, though a transaction makes two of them, and of the  *)
(* answers to its own transactions, all in the order in which the server   *)
(* did things. It may be killed, its connection may break, its session     *)
(* end; then it loads its mirror anew.                                     *)
(*                                                                         *)
(* Times are whole ticks of the clock that a promise was told by, as ages. *)
(* Another lockexd's clock may gain Drift of them in Life. A number stands *)
(* for a node's place and for its czxid: both grow with each create.       *)
(*                                                                         *)
(* docs/proof.md says which method does each action.                       *)
(***************************************************************************)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  N,        \* how many may hold the lock
  Gateways, \* the lockexds
  Life,     \* how long a grant lasts
  Margin,   \* how much longer whoever did not give it lets it stand
  Drift,    \* what another clock may gain in Life
  Creates,  \* how many nodes are created at most
  Unread,   \* how many changes a lockexd may be behind
  Faults,   \* how many lockexds die and connections break at most
  Mutant    \* the rule that is broken; "none": lockexd as it is

VARIABLES
  tree,   \* the nodes, as committed
  next,   \* the next number
  gw,     \* what each lockexd knows and does
  chan,   \* what each lockexd will be told
  told,   \* the promises that clients know of and that last yet
  last,   \* the newest token that was told
  faults  \* how many faults have happened

vars == <<tree, next, gw, chan, told, last, faults>>

Numbered(num, S) == {n \in S : n.num = num}
Before(num, S) == {n \in S : n.num < num}
GrantsIn(S) == {n \in S : n.kind = "grant"}
NoWork == [op |-> "none", num |-> 0]
Answer == 0 - 1

Fresh(ses) ==
  [state |-> "loading", \* or "listed", or "ready"
   mirror |-> {},       \* what it has been told of
   half |-> FALSE,      \* of a transaction only the first change
   seen |-> {},         \* how long ago it first saw each grant
   ses |-> ses,         \* its session
   req |-> 0,           \* its newest request
   st |-> "idle",       \* how far that is
   own |-> 0,           \* the request's node
   token |-> 0,         \* and its token
   asked |-> 0,         \* how long ago the grant was asked for
   work |-> NoWork,     \* its transaction on the way
   del |-> 0]           \* the grant that it deletes, or Answer when that is done

Init ==
  /\ tree = {} /\ next = 1
  /\ gw = [g \in Gateways |-> [Fresh(1) EXCEPT !.state = "ready"]]
  /\ chan = [g \in Gateways |-> <<>>]
  /\ told = {} /\ last = 0 /\ faults = 0

Set(g, new) == gw' = [gw EXCEPT ![g] = new]
Ready(g) == gw[g].state = "ready"
Fault == faults < Faults /\ faults' = faults + 1
Same == UNCHANGED <<told, last, faults>>

-----------------------------------------------------------------------------
\* What is committed, and what is told of it.

Gone(n, final) == [what |-> "gone", node |-> n, final |-> final]
Came(n, final) == [what |-> "came", node |-> n, final |-> final]
Reply(op, n) == [what |-> op, node |-> n, final |-> TRUE]
Refused(n) == [what |-> "refused", node |-> n, final |-> TRUE]

Room(g) == \A h \in Gateways : Len(chan[h]) + 2 <= Unread

\* Others are told of the changes, the one who made them of the answer.
Tell(g, reply, changes) ==
  chan' = [h \in Gateways |->
    IF h = g THEN chan[h] \o reply
    ELSE IF gw[h].state = "loading" THEN chan[h] ELSE chan[h] \o changes]

Node(g, num, token, kind) ==
  [num |-> num, token |-> token, by |-> g, ses |-> gw[g].ses, req |-> gw[g].req, kind |-> kind]

\* One transaction: the node goes, and one takes its place.
Replace(g, n, by) ==
  /\ tree' = (tree \ {n}) \cup {by}
  /\ Tell(g, <<Reply(gw[g].work.op, by)>>, <<Gone(n, FALSE), Came(by, TRUE)>>)

Apply(g) ==
  /\ gw[g].work # NoWork /\ Room(g)
  /\ LET op == gw[g].work.op
         there == Numbered(gw[g].work.num, tree)
     IN CASE op \in {"grant at once", "place"} ->
               LET n == Node(g, next, next, IF op = "place" THEN "place" ELSE "grant")
               IN /\ tree' = tree \cup {n} /\ next' = next + 1
                  /\ Tell(g, <<Reply(op, n)>>, <<Came(n, TRUE)>>)
          [] there = {} ->
               /\ UNCHANGED <<tree, next>>
               /\ Tell(g, <<Refused(Node(g, gw[g].work.num, 0, "place"))>>, <<>>)
          [] op = "grant" ->
               \E n \in there :
                 /\ Replace(g, n, Node(g, n.num, gw[g].token, "grant"))
                 /\ UNCHANGED next
          [] op = "retreat" ->
               \E n \in there :
                 /\ Replace(g, n, Node(g, IF Mutant = "a retreat keeps its name" THEN n.num ELSE next,
                                        next, "place"))
                 /\ next' = next + 1
  /\ Set(g, [gw[g] EXCEPT !.work = NoWork])
  /\ Same

\* The delete of a grant names its path, and a version, which begins anew with each node.
ApplyDelete(g) ==
  /\ gw[g].del > 0 /\ Room(g)
  /\ tree' = tree \ Numbered(gw[g].del, tree)
  /\ \E n \in {Node(g, gw[g].del, 0, "grant")} :
       Tell(g, <<Reply("delete", n)>>, IF Numbered(n.num, tree) = {} THEN <<>> ELSE <<Gone(n, TRUE)>>)
  /\ Set(g, [gw[g] EXCEPT !.del = Answer])
  /\ UNCHANGED next /\ Same

\* The places of a session that has ended.
ExpireSession(g) ==
  /\ \E n \in tree :
       /\ n.by = g /\ n.kind = "place" /\ n.ses < gw[g].ses
       /\ tree' = tree \ {n}
       /\ \A h \in Gateways : Len(chan[h]) < Unread
       /\ chan' = [h \in Gateways |->
            IF gw[h].state = "loading" THEN chan[h] ELSE Append(chan[h], Gone(n, TRUE))]
  /\ UNCHANGED <<next, gw>> /\ Same

-----------------------------------------------------------------------------
\* A request.

Work(op, num) == [op |-> op, num |-> num]

\* Where nobody is known to be at the lock, one write suffices.
Ask(g) ==
  /\ Ready(g) /\ gw[g].st = "idle" /\ gw[g].work = NoWork
  /\ next + Cardinality({h \in Gateways : gw[h].st = "queueing"}) <= Creates
  /\ LET op == IF gw[g].mirror = {} /\ N = 1 THEN "grant at once" ELSE "place"
     IN Set(g, [gw[g] EXCEPT !.req = @ + 1, !.st = "queueing", !.asked = 0, !.work = Work(op, 0), !.token = 0])
  /\ UNCHANGED <<tree, next, chan>> /\ Same

\* A client is told the end that is counted from the sending, unless that has come.
Promise(g, n, new) ==
  LET age == IF Mutant = "lifetime from the reply" THEN 0 ELSE new.asked
  IN IF age >= Life
     THEN /\ Set(g, [new EXCEPT !.st = "idle", !.own = 0, !.token = 0])
          /\ UNCHANGED <<told, last>>
     ELSE /\ Set(g, [new EXCEPT !.st = "idle", !.own = 0, !.token = 0,
                     !.seen = {s \in @ : s.num # n.num} \cup {[num |-> n.num, age |-> age, ours |-> TRUE]}])
          /\ told' = told \cup {[num |-> n.num, age |-> age]}
          /\ last' = n.token

\* In a mutex's queue a grant counts if it is the first.
Promised(n, mirror) == N > 1 \/ Before(n.num, mirror) = {}

Free(g) ==
  /\ Before(gw[g].own, gw[g].mirror) \ (IF N > 1 THEN GrantsIn(gw[g].mirror) ELSE {}) = {}
  /\ Cardinality(GrantsIn(gw[g].mirror)) < N

\* Decided when a reply has come, which is never between the two changes of one transaction.
Decide(g) ==
  /\ Ready(g) /\ gw[g].st = "waiting" /\ gw[g].work = NoWork
  /\ ~gw[g].half \/ Mutant = "an event decides"
  /\ Numbered(gw[g].own, gw[g].mirror) # {} /\ Free(g)
  /\ Set(g, [gw[g] EXCEPT !.st = "granting", !.asked = 0, !.work = Work("grant", gw[g].own)])
  /\ UNCHANGED <<tree, next, chan>> /\ Same

\* The mirror with n in it, in the place of what had its number.
With(n, g) == {m \in gw[g].mirror : m.num # n.num} \cup {n}

Judge(g, n, new) ==
  IF Promised(n, new.mirror) \/ Mutant = "a grant at once counts anywhere"
  THEN Promise(g, n, new)
  ELSE /\ Set(g, [new EXCEPT !.st = "retreating", !.work = Work("retreat", n.num)])
       /\ UNCHANGED <<told, last>>

TokenOf(g, n) ==
  IF gw[g].token # 0 /\ Mutant \in {"a retreat keeps its name", "the token of the first node"}
  THEN gw[g].token ELSE n.token

\* The next thing that lockexd is told.
Hear(g) ==
  /\ chan[g] # <<>>
  /\ chan' = [chan EXCEPT ![g] = Tail(@)]
  /\ LET it == Head(chan[g])
         n == it.node
         at == [gw[g] EXCEPT !.own = n.num, !.token = TokenOf(g, n), !.mirror = With(n, g)]
     IN CASE it.what = "gone" ->
               /\ Set(g, [gw[g] EXCEPT
                    !.mirror = @ \ Numbered(n.num, @), !.seen = {s \in @ : s.num # n.num}, !.half = ~it.final,
                    !.st = IF n.num = gw[g].own /\ @ = "waiting" THEN "idle" ELSE @])
               /\ UNCHANGED <<told, last>>
          [] it.what = "came" ->
               /\ Set(g, [gw[g] EXCEPT
                    !.mirror = With(n, g), !.half = FALSE,
                    !.seen = IF n.kind = "grant" /\ Ready(g)
                             THEN @ \cup {[num |-> n.num, age |-> 0, ours |-> FALSE]} ELSE @])
               /\ UNCHANGED <<told, last>>
          [] it.what = "delete" ->
               /\ Set(g, [gw[g] EXCEPT
                    !.mirror = @ \ Numbered(n.num, @), !.seen = {s \in @ : s.num # n.num}, !.del = 0])
               /\ UNCHANGED <<told, last>>
          \* A mirror that is being loaded is no judge; when it is complete it shows what was done.
          [] ~Ready(g) /\ Mutant # "a mirror judges while it is loaded" ->
               /\ UNCHANGED <<gw, told, last>>
          [] it.what = "refused" ->
               /\ Set(g, [gw[g] EXCEPT !.st = "idle", !.own = 0, !.token = 0])
               /\ UNCHANGED <<told, last>>
          [] it.what \in {"place", "retreat"} ->
               /\ Set(g, [at EXCEPT !.st = "waiting",
                    !.mirror = {m \in @ : m.num # gw[g].own \/ m.num = n.num}])
               /\ UNCHANGED <<told, last>>
          [] it.what = "grant at once" -> Judge(g, n, at)
          [] OTHER -> Promise(g, n, at)
  /\ UNCHANGED <<tree, next, faults>>

-----------------------------------------------------------------------------
\* The end of a life.

Over(s) ==
  IF s.ours THEN s.age >= Life
  ELSE s.age >= Life + (IF Mutant = "others allow for no drift" THEN 0 ELSE Margin) - Drift

Delete(g) ==
  /\ gw[g].del = 0
  /\ \E n \in GrantsIn(gw[g].mirror) :
       /\ \/ Ready(g) /\ \E s \in gw[g].seen : s.num = n.num /\ Over(s)
          \/ gw[g].state = "listed" /\ {s \in gw[g].seen : s.num = n.num} = {}
               /\ Mutant = "unknown taken for expired"
          \/ Ready(g) /\ Mutant = "a wall clock counts"
       /\ n.num # gw[g].own
       /\ Set(g, [gw[g] EXCEPT !.del = n.num])
  /\ UNCHANGED <<tree, next, chan>> /\ Same

-----------------------------------------------------------------------------
\* Faults, and what follows them.

\* What is on its way gets lost, or is sent on the next connection, ahead of all else.
Lose(g) ==
  /\ gw[g].state # "loading" /\ Fault
  /\ chan' = [chan EXCEPT ![g] = <<>>]
  /\ \E kept \in {gw[g].work, NoWork}, del \in {0} \cup ({gw[g].del} \ {Answer}), ses \in {gw[g].ses, gw[g].ses + 1} :
       Set(g, [gw[g] EXCEPT !.state = "loading", !.mirror = {}, !.half = FALSE,
                            !.work = kept, !.del = del, !.ses = ses])
  /\ UNCHANGED <<tree, next, told, last>>

Killed(g) ==
  /\ Fault
  /\ Set(g, [Fresh(gw[g].ses + 1) EXCEPT !.req = gw[g].req])
  /\ chan' = [chan EXCEPT ![g] = <<>>]
  /\ UNCHANGED <<tree, next, told, last>>

\* After a sync: what was on its way has been done, or never will be.
List(g) ==
  /\ gw[g].state = "loading" /\ gw[g].work = NoWork /\ gw[g].del \in {0, Answer}
  /\ chan[g] = <<>>
  /\ Set(g, [gw[g] EXCEPT !.state = "listed", !.mirror = tree])
  /\ UNCHANGED <<tree, next, chan>> /\ Same

\* How old grants are is remembered, or counted from now. A request is what the mirror says it is.
Complete(g) ==
  /\ gw[g].state = "listed" /\ ~gw[g].half
  /\ LET known == {s \in gw[g].seen : Numbered(s.num, GrantsIn(gw[g].mirror)) # {}}
         unknown == {n \in GrantsIn(gw[g].mirror) : Numbered(n.num, known) = {}}
         new == [gw[g] EXCEPT !.state = "ready",
                   !.seen = known \cup {[num |-> n.num, age |-> 0, ours |-> FALSE] : n \in unknown}]
         mine == {n \in gw[g].mirror :
                    n.by = g /\ n.req = gw[g].req /\ (n.kind = "place" => n.ses = gw[g].ses)}
     IN IF gw[g].st = "idle"
        THEN /\ Set(g, new) /\ UNCHANGED <<told, last>>
        ELSE IF mine = {}
        THEN /\ Set(g, [new EXCEPT !.st = "idle", !.own = 0, !.token = 0]) /\ UNCHANGED <<told, last>>
        ELSE \E n \in mine :
               LET at == [new EXCEPT !.own = n.num, !.token = TokenOf(g, n)]
               IN IF n.kind = "grant" THEN Judge(g, n, at)
                  ELSE /\ Set(g, [at EXCEPT !.st = "waiting"]) /\ UNCHANGED <<told, last>>
  /\ UNCHANGED <<tree, next, chan, faults>>

Older(age, most) == IF age < most THEN age + 1 ELSE age

Tick ==
  /\ gw' = [g \in Gateways |-> [gw[g] EXCEPT
       !.asked = IF gw[g].st = "idle" THEN 0 ELSE Older(@, Life),
       !.seen = {[s EXCEPT !.age = Older(@, Life + Margin)] : s \in @}]]
  /\ told' = {[t EXCEPT !.age = @ + 1] : t \in {u \in told : u.age + 1 < Life}}
  /\ UNCHANGED <<tree, next, chan, last, faults>>

Next ==
  \/ Tick
  \/ \E g \in Gateways :
       \/ Ask(g) \/ Decide(g) \/ Apply(g) \/ ApplyDelete(g) \/ ExpireSession(g)
       \/ Hear(g) \/ Delete(g) \/ Lose(g) \/ Killed(g) \/ List(g) \/ Complete(g)

Spec == Init /\ [][Next]_vars

-----------------------------------------------------------------------------
NeverMoreThanN == Cardinality(told) <= N

NoGrantEndsEarly == \A t \in told : Numbered(t.num, GrantsIn(tree)) # {}

\* For a mutex, from holder to holder.
TokensGrow == [][N = 1 /\ last' # last => last' > last]_vars

\* With finitely many faults every place comes to its turn, though the lockexd of the grant before
\* it is dead.
Fairness ==
  /\ WF_vars(Tick)
  /\ \A g \in Gateways :
       /\ WF_vars(Apply(g)) /\ WF_vars(ApplyDelete(g)) /\ WF_vars(ExpireSession(g)) /\ WF_vars(Hear(g))
       /\ WF_vars(Decide(g)) /\ WF_vars(Delete(g)) /\ WF_vars(List(g)) /\ WF_vars(Complete(g))

FairSpec == Spec /\ Fairness

NobodyWaitsForEver == \A g \in Gateways : gw[g].st = "waiting" ~> gw[g].st # "waiting"
=============================================================================
