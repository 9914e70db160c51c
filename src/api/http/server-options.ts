import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { SecureServerOptions } from 'node:http2';
import { createSecureContext } from 'node:tls';
import type { FastifyHttpOptions } from 'fastify';
import type { Config } from '../../config/index.ts';
import { SetupError } from '../../errors.ts';
import type { HttpLimits } from './http-limits.ts';

type Tls = NonNullable<Config['server']['tls']>;

/** The server's options for Fastify and Node: HTTP/1.1, or HTTPS with HTTP/2 and HTTP/1.1. */
export async function serverOptions(tls: Tls | null, limits: HttpLimits) {
	const http = {
		maxHeaderSize: limits.headers,
		// http-server.ts checks it, and answers with a problem document.
		requireHostHeader: false,
		headersTimeout: limits.headersTimeout,
		// body-deadline.ts limits the time of a request instead, because an upload takes longer.
		requestTimeout: 0,
		keepAliveTimeout: limits.keepAliveTimeout,
		connectionsCheckingInterval: limits.checkInterval,
	};
	const options = {
		http,
		bodyLimit: limits.body,
		requestTimeout: 0,
		keepAliveTimeout: limits.keepAliveTimeout,
		connectionTimeout: limits.connectionTimeout,
	};
	if (!tls) return options;
	const https: SecureServerOptions = {
		...http,
		...(await readCertificate(tls)),
		allowHTTP1: true,
		minVersion: 'TLSv1.2',
		handshakeTimeout: limits.handshakeTimeout,
		settings: { maxConcurrentStreams: limits.streams, maxHeaderListSize: limits.headers },
	};
	const secure = { ...options, http2: true, https, http2SessionTimeout: limits.keepAliveTimeout };
	// Fastify's types separate HTTP/2 from HTTP/1.1 down to each request. Its API and our routes are the same for both.
	return secure as unknown as FastifyHttpOptions<Server>;
}

/** @throws SetupError if a file can't be read, is not PEM, or the key does not belong to the certificate. */
async function readCertificate(tls: Tls): Promise<{ cert: Buffer; key: Buffer }> {
	const cert = await read('FIRMSEAL_TLS_CERT', tls.certFile);
	const key = await read('FIRMSEAL_TLS_KEY', tls.keyFile);
	try {
		createSecureContext({ cert, key });
	} catch {
		throw new SetupError(
			'FIRMSEAL_TLS_CERT and FIRMSEAL_TLS_KEY do not go together: give a PEM certificate and its own private key, without a passphrase.',
		);
	}
	return { cert, key };
}

async function read(setting: string, file: string): Promise<Buffer> {
	try {
		return await readFile(file);
	} catch {
		throw new SetupError(`${setting} names a file that cannot be read: check the path and its permissions.`);
	}
}
