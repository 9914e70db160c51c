import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A client on a thread of its own: asks for /small, waits for the sign, resets its connection, comes again from the same port,
 * asks for /large, gives the sign back and stops reading after the first bytes. Tells how many bytes came in all, once it was let go on and the end was there.
 */
const { port, sign } = workerData as { readonly port: number; readonly sign: Int32Array };
const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

// A port of its own: one that it had without asking may be another connection's as well, and cannot be asked for then.
const first = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' }, () => first.write(request('/small')));
first.on('error', () => {});
first.once('data', () => {
	const { localPort } = first;
	parentPort?.postMessage('ready');
	Atomics.wait(sign, 0, 0);
	first.resetAndDestroy();
	first.once('close', () => comeAgain(localPort as number));
});

function comeAgain(localPort: number): void {
	let bytes = 0;
	const again = connect({ port, host: '127.0.0.1', localPort }, () => {
		again.write(request('/large'));
		Atomics.store(sign, 0, 2);
		Atomics.notify(sign, 0);
	});
	again.on('error', () => {});
	again.on('data', (part) => {
		if (bytes === 0) again.pause();
		bytes += part.length;
	});
	again.once('close', () => parentPort?.postMessage(bytes));
	parentPort?.once('message', () => again.resume());
}
