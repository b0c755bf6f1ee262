//! The socket: loopback alone, at a port that is given or the first free one from the usual on.

use std::future::{Future, IntoFuture};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use pinstripe_client::ErrorKind;
use pinstripe_library::Failure;
use tokio::net::TcpListener;

use crate::workbench::Workbench;

/// The port that is tried first where none is named.
pub const DEFAULT_PORT: u16 = 4321;
/// Ports that are tried after it.
const MORE_PORTS: u16 = 100;

/// Binds to loopback: to this port, or where none is named to the first free one.
pub async fn listen(port: Option<u16>) -> Result<(TcpListener, u16), Failure> {
    let mut last = None;
    let ports = match port {
        Some(port) => port..=port,
        None => DEFAULT_PORT..=DEFAULT_PORT + MORE_PORTS,
    };
    let first = *ports.start();
    for port in ports {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
            Ok(listener) => {
                let bound = listener.local_addr().map(|address| address.port());
                let bound = bound.map_err(|error| Failure::of(ErrorKind::Internal, &error))?;
                return Ok((listener, bound));
            }
            Err(error) => last = Some(error),
        }
    }
    let failure = Failure::user(format!("cannot listen on 127.0.0.1:{first}"));
    let causes = last.iter().map(ToString::to_string).collect();
    Err(Failure { causes, ..failure }.with_hint("leave --port out to take the next free one"))
}

/// Serves until `stopped` comes true. Streams that are open then are cut, so that nobody waits.
pub async fn serve(
    listener: TcpListener,
    workbench: Arc<Workbench>,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Failure> {
    let served = axum::serve(listener, crate::app(workbench)).into_future();
    tokio::select! {
        served = served => served.map_err(|error| Failure::of(ErrorKind::Internal, &error)),
        () = stopped => Ok(()),
    }
}
