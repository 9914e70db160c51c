import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

/** Files of a certificate for 127.0.0.1, which exist while the tests of a file run. */
export function makeCertificate() {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-tls-'));
	const certFile = join(directory, 'cert.pem');
	const keyFile = join(directory, 'key.pem');
	beforeAll(() => {
		const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1'];
		const files = ['-keyout', keyFile, '-out', certFile];
		execFileSync('openssl', ['req', '-x509', ...curve, ...subject, ...files], { stdio: 'ignore' });
	});
	afterAll(() => rmSync(directory, { recursive: true }));
	return { directory, certFile, keyFile };
}
