import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/**
 * A client in a thread of its own. It requests /small, waits for the signal, resets its connection, reconnects from the same port,
 * requests /large, signals back, and stops reading after the first bytes. Once released, it reads to the end and reports how many
 * bytes arrived in all.
 */
const { port, sign } = workerData as { readonly port: number; readonly sign: Int32Array };
const request = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

// An explicit local port: the system may assign one port to several connections, and such a port can't be requested again.
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
