//! A link to a server that can be cut: to PostgreSQL, or to a mail server.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

pub struct Link {
    pub address: SocketAddr,
    cut: Arc<AtomicBool>,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Link {
    /// Forwards everything to an address, and back.
    pub fn to(target: SocketAddr) -> Link {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let link = Link { address: listener.local_addr().unwrap(), cut: Arc::default(), streams: Arc::default() };
        let (cut, streams) = (Arc::clone(&link.cut), Arc::clone(&link.streams));
        std::thread::spawn(move || {
            for here in listener.incoming().flatten() {
                if cut.load(Ordering::SeqCst) {
                    continue;
                }
                let Ok(there) = TcpStream::connect(target) else { continue };
                let ends = [&here, &there].map(|end| end.try_clone().unwrap());
                streams.lock().unwrap().extend(ends);
                let [back_from, back_to] = [&there, &here].map(|end| end.try_clone().unwrap());
                std::thread::spawn(move || hand_on(here, there));
                std::thread::spawn(move || hand_on(back_from, back_to));
            }
        });
        link
    }

    /// Breaks all connections and lets no new one through.
    pub fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        for stream in self.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

fn hand_on(mut from: TcpStream, mut to: TcpStream) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}
