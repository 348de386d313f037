"""TLS over a raw socket: what is a record, and where records are cut, is decided by the test."""
import ssl

from wire import Connection


def anyone(**versions):
    """Trusts every server; versions: of ssl.TLSVersion, as minimum and maximum."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, version in versions.items():
        setattr(context, f"{name}_version", version)
    return context


def shake_all_hands(connections):
    """Those of connections that wait, all at the same time."""
    while connections:
        left = []
        for connection in connections:
            data, is_over = connection.flight()
            connection.socket.sendall(data)
            left += [] if is_over else [connection]
        connections = [connection for connection in left if connection.receive()]


class TlsConnection(Connection):
    """A client whose `send` makes one record of what it is given. Its handshake is over, unless it is told
    to wait with that."""

    def __init__(self, address, context=None, waits=False):
        super().__init__(address)
        self._received, self._unsent = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = (context or anyone()).wrap_bio(self._received, self._unsent, server_hostname="localhost")
        if not waits:
            self.shake_hands()

    def flight(self):
        """What the handshake has to send next; it may be over afterwards."""
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            return self._unsent.read(), False
        return self._unsent.read(), True

    def receive(self):
        """Takes what comes next; false at the end of the connection."""
        data = self.socket.recv(65536)
        self._received.write(data)
        return bool(data)

    def shake_hands(self, send=None):
        """send: of a flight's bytes; all at once by default."""
        while True:
            data, is_over = self.flight()
            (send or self.socket.sendall)(data)
            if is_over:
                return
            if not self.receive():
                raise ConnectionResetError("closed within the handshake")

    def record(self, data):
        """It as a record, or several if it is longer than one can be."""
        self.tls.write(data.encode() if isinstance(data, str) else data)
        return self._unsent.read()

    def send(self, data):
        self.socket.sendall(self.record(data))

    def half_close(self):
        """Says that nothing more will be sent; what the server still sends can be read."""
        try:
            self.tls.unwrap()
        except ssl.SSLWantReadError:
            pass
        self.socket.sendall(self._unsent.read())

    def _more(self):
        while True:
            try:
                data = self.tls.read(65536)
            except ssl.SSLWantReadError:
                if self.receive():
                    continue
                raise ConnectionResetError("closed without a goodbye") from None
            except ssl.SSLZeroReturnError:
                data = b""
            self.input += data
            return data
