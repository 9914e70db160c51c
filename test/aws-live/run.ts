import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

/** Settings that `npm run test:aws-live` needs. Credentials come from the SDK's default chain. */
const NEEDED = {
	AWS_REGION: 'a region in which the account has no installation of Firmseal',
	FIRMSEAL_KMS_ROLE_FIRM: 'ARN of the role of a firm’s plane, as deploy/ makes it',
	FIRMSEAL_KMS_ROLE_OPERATOR: 'ARN of the role of the operators’ plane',
	FIRMSEAL_KMS_ROLE_BROKER: 'ARN of the role of the broker',
	FIRMSEAL_KMS_ROLE_WORKER: 'ARN of the role of the worker',
	FIRMSEAL_KMS_ROLE_SIGNER: 'ARN of the role that the worker signs checkpoints by',
	FIRMSEAL_S3_BUCKET: 'a bucket of that region that holds nothing else',
} as const;

const missing = Object.entries(NEEDED).filter(([name]) => !process.env[name]);
if (missing.length > 0) {
	const lines = missing.map(([name, what]) => `  ${name}  ${what}`);
	process.stderr.write(
		`${['This runs against a real account of AWS, and costs money. Set:', ...lines, 'and credentials that may assume these roles.'].join('\n')}\n`,
	);
	process.exitCode = 1;
} else {
	const vitest = createRequire(import.meta.url).resolve('vitest/vitest.mjs');
	const env = { ...process.env, AWS_LIVE_TESTS: '1' };
	const child = spawn(process.execPath, [vitest, 'run', '--project', 'aws-live'], { stdio: 'inherit', env });
	child.once('exit', (code) => {
		process.exitCode = code ?? 1;
	});
}
