"""Client of lockserver's locks, as lockexd serves them over XML-RPC.

    import lockcli
    l = lockcli.Lock("http://localhost:9090/RPC2", "DefaultLock")
    if l.lock_query("text about me"):   # joins the queue
        if l.lock_wait():               # waits for the turn
            ...                         # at most the lock's max lock time
            l.lock_release()

Python 3, standard library only. A user and a password in the URL are sent (Basic); a client secret
goes there as the password, or into Lock(url, name, secret=...).
"""

import xmlrpc.client

__all__ = ["Lock"]

_AWAY = 3
_FAULTS = (xmlrpc.client.Error, OSError)


class _Transport:
    """Adds the client secret and a time limit to xmlrpc.client's transports."""

    def __init__(self, secret, timeout):
        super().__init__()
        self._secret = secret
        self._timeout = timeout

    def make_connection(self, host):
        connection = super().make_connection(host)
        connection.timeout = self._timeout
        return connection

    def send_headers(self, connection, headers):
        if self._secret is not None:
            headers = [h for h in headers if h[0].lower() != "authorization"]
            headers.append(("Authorization", "Bearer " + self._secret))
        super().send_headers(connection, headers)


class _Http(_Transport, xmlrpc.client.Transport):
    pass


class _Https(_Transport, xmlrpc.client.SafeTransport):
    pass


class Lock:
    """One place in the queue of one lock."""

    #: Seconds that one call of lock_wait waits at the server.
    CALL_SECONDS = 20

    def __init__(self, url, name, secret=None):
        transport = (_Https if url.lower().startswith("https") else _Http)(
            secret, self.CALL_SECONDS + 40
        )
        self._server = xmlrpc.client.ServerProxy(url, transport=transport)
        self._name = name
        self._ticket = None

    def lock_query(self, description=""):
        """Joins the queue. False: no such lock, or the server is not there."""
        try:
            self._ticket = self._server.lock.query(self._name, str(description))
            return True
        except _FAULTS:
            self._ticket = None
            return False

    def lock_wait(self):
        """Waits for the turn. True when granted; False when the query expired."""
        failures = 0
        while self._ticket is not None:
            try:
                state = self._server.lock.wait(self._name, self._ticket, float(self.CALL_SECONDS))
                failures = 0
            except xmlrpc.client.Fault as fault:
                if fault.faultCode != _AWAY or failures > 30:
                    return False
                failures += 1
                _pause()
                continue
            except _FAULTS:
                if failures > 30:
                    return False
                failures += 1
                _pause()
                continue
            if state == "granted":
                return True
            if state != "waiting":
                self._ticket = None
        return False

    def lock_release(self):
        """Gives the lock, or the place in the queue, back. False if there was none."""
        ticket, self._ticket = self._ticket, None
        if ticket is None:
            return False
        try:
            return self._server.lock.release(self._name, ticket)
        except _FAULTS:
            return False

    def token(self):
        """The fencing token of the lock that is held, a number that only grows; None if not held."""
        if self._ticket is None:
            return None
        try:
            token = self._server.lock.info(self._name, self._ticket).get("token")
            return None if token is None else int(token)
        except _FAULTS:
            return None


def _pause():
    """A second, for a server that is away."""
    import time

    time.sleep(1)
