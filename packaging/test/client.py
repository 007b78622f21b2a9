"""The program that lockserver's users have, with the client that is on the path."""
import sys

import lockcli

lock = lockcli.Lock("http://127.0.0.1:8888/RPC2", "DefaultLock")
sys.exit(not (lock.lock_query("text about me") and lock.lock_wait() and lock.lock_release()))
