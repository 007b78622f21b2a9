"""Client of lockserver's locks, as lockexd serves them over XML-RPC.

    import lockcli
    l = lockcli.Lock("http://localhost:9090/RPC2", "DefaultLock")
    if l.lock_query("text about me"):   # joins the queue
        if l.lock_wait():               # waits for the turn
            ...                         # at most the lock's max lock time
            l.lock_release()

Python 2.7 and 3, standard library only. A user and a password in the URL are sent (Basic); a client
secret goes there as the password, or into Lock(url, name, secret=...).

A server that is away is asked again, a second later: by lock_wait for as long as it takes, by
lock_query and lock_release as often as their retries say. A ticket is forgotten only when the server
has said that it is released or has expired.
"""

import time
import xml.parsers.expat

try:
    import http.client as http_client
    import xmlrpc.client as xmlrpc
except ImportError:  # Python 2.7
    import httplib as http_client
    import xmlrpclib as xmlrpc

__all__ = ["Lock"]

_AWAY = 3
_TOO_MANY = 4
_REFUSED = (401, 403, 404)
_FAILURES = (xmlrpc.Error, EnvironmentError, http_client.HTTPException, xml.parsers.expat.ExpatError)


def _passing(failure):
    """Whether asking again may help."""
    if isinstance(failure, xmlrpc.Fault):
        return failure.faultCode in (_AWAY, _TOO_MANY)
    if isinstance(failure, xmlrpc.ProtocolError):
        return failure.errcode not in _REFUSED
    return True


def _pause():
    time.sleep(1)


def _transport(base):
    """Adds the client secret and a time limit to one of xmlrpc's transports."""

    class Transport(base, object):
        def __init__(self, secret, timeout):
            base.__init__(self)
            self._secret = secret
            self._timeout = timeout

        def make_connection(self, host):
            connection = base.make_connection(self, host)
            connection.timeout = self._timeout
            return connection

        def get_host_info(self, host):
            host, headers, x509 = base.get_host_info(self, host)
            if self._secret is not None:
                headers = [h for h in headers or [] if h[0].lower() != "authorization"]
                headers.append(("Authorization", "Bearer " + self._secret))
            return host, headers, x509

    return Transport


class Lock(object):
    """One place in the queue of one lock."""

    #: Seconds that one call of lock_wait waits at the server.
    CALL_SECONDS = 20

    def __init__(self, url, name, secret=None):
        secure = url.lower().startswith("https")
        transport = _transport(xmlrpc.SafeTransport if secure else xmlrpc.Transport)
        self._server = xmlrpc.ServerProxy(url, transport(secret, self.CALL_SECONDS + 40))
        self._name = name
        self._ticket = None

    def lock_query(self, info="", retries=10):
        """Joins the queue. False: no such lock, or the server was not there at any of the tries.

        A ticket that was not released before is given back first.
        """
        text = info if hasattr(info, "encode") else str(info)
        for left in reversed(range(retries)):
            try:
                if self._ticket is not None:
                    self._server.lock.release(self._name, self._ticket)
                    self._ticket = None
                self._ticket = self._server.lock.query(self._name, text)
                return True
            except _FAILURES as failure:
                if not _passing(failure):
                    return False
            if left:
                _pause()
        return False

    def lock_wait(self):
        """Waits for the turn. True when granted; False when the query expired, or there is none."""
        while self._ticket is not None:
            try:
                state = self._server.lock.wait(self._name, self._ticket, float(self.CALL_SECONDS))
            except _FAILURES as failure:
                if not _passing(failure):
                    return False
                _pause()
                continue
            if state == "granted":
                return True
            if state != "waiting":
                self._ticket = None
        return False

    def lock_release(self, retries=10):
        """Gives the lock, or the place in the queue, back. False if there was none.

        False, too, if the server was not there at any of the tries: then the ticket is kept, and
        this may be called again.
        """
        for left in reversed(range(retries)):
            if self._ticket is None:
                return False
            try:
                released = self._server.lock.release(self._name, self._ticket)
                self._ticket = None
                return released
            except _FAILURES as failure:
                if not _passing(failure):
                    return False
            if left:
                _pause()
        return False

    def token(self):
        """The fencing token of the lock that is held, a number that only grows; None if not held."""
        if self._ticket is None:
            return None
        try:
            token = self._server.lock.info(self._name, self._ticket).get("token")
            return None if token is None else int(token)
        except _FAILURES:
            return None
