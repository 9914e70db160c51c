import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { read } from '../house/tree.ts';

const DOCKERFILE = read('deploy/Dockerfile');
const line = (start: string) => DOCKERFILE.split('\n').filter((each) => each.startsWith(start));
const [, last = ''] = DOCKERFILE.split(/^FROM \$\{NODE_IMAGE\}@\$\{NODE_DIGEST\}$/m);

/** Builds no image: reads the file, and runs the commands in it that don't need an image. */
describe('deploy/Dockerfile', () => {
	const servers: Server[] = [];
	afterEach(() => {
		for (const server of servers.splice(0)) server.close();
	});

	it('starts from a digest, with a Node version that the scripts support', async () => {
		const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: { node: string } };
		expect([...line('ARG '), ...line('FROM ')]).toEqual([
			'ARG NODE_IMAGE=node',
			'ARG NODE_DIGEST',
			// biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's syntax.
			'FROM ${NODE_IMAGE}@${NODE_DIGEST} AS packages',
			// biome-ignore lint/suspicious/noTemplateCurlyInString: Docker's syntax.
			'FROM ${NODE_IMAGE}@${NODE_DIGEST}',
		]);
		const [, check = ''] = /^RUN (\["node".*\])$/m.exec(DOCKERFILE) ?? [];
		const [, ...script] = JSON.parse(check) as string[];
		expect(script.join(' ')).toContain(`/^v${devDependencies.node.split('.')[0]}\\./`);
		await expect(promisify(execFile)(process.execPath, script)).resolves.toMatchObject({ stderr: '' });
	});

	it('runs as an unprivileged user, with the Node options that production requires', () => {
		expect(last).toContain('\nUSER node\n');
		expect(last.indexOf('USER node')).toBeGreaterThan(last.lastIndexOf('COPY'));
		expect(last).toMatch(/^ENV .*NODE_OPTIONS=--disable-sigusr1$/m);
		expect(last).not.toContain('--chown');
	});

	it('copies the program and what it reads, and nothing else', () => {
		const copied = [...last.matchAll(/^COPY (?:--from=\S+ )?(\S+)/gm)].map(([, path = '']) => path);
		expect(copied).toEqual(['/app/node_modules', 'package.json', 'schema', 'drizzle', 'src']);
		const [everything, ...taken] = read('deploy/Dockerfile.dockerignore').trim().split('\n');
		expect(everything).toBe('*');
		expect(taken.map((path) => path.slice(1))).toEqual([
			'package.json',
			'package-lock.json',
			'.npmrc',
			'schema',
			'drizzle',
			'src',
		]);
	});

	it('installs the locked packages without development dependencies, and runs no package scripts', () => {
		expect(line('RUN ').slice(1)).toEqual([
			'RUN npm pkg delete devDependencies && npm ci --ignore-scripts --omit=optional',
			'RUN install -d -o node -g node -m 700 /data',
		]);
	});

	const [, check = '[]'] = /^HEALTHCHECK .*CMD (\[.*\])$/m.exec(DOCKERFILE) ?? [];
	const [, ...script] = JSON.parse(check) as string[];

	async function health(status: number): Promise<number> {
		const server = createServer((request, response) => {
			response.writeHead(request.url === '/health/live' ? status : 404).end('{}');
		}).listen(0, '127.0.0.1');
		servers.push(server);
		await new Promise((resolve) => server.once('listening', resolve));
		const { port } = server.address() as AddressInfo;
		const asked = script.map((part) => part.replace(':4000/', `:${port}/`));
		return promisify(execFile)(process.execPath, asked).then(
			() => 0,
			({ code }: { code: number }) => code,
		);
	}

	it.each([
		[200, 0],
		[503, 1],
	])('has a health check: HTTP %i is %i', async (status, code) => {
		expect(await health(status)).toBe(code);
	});

	it('has a health check that fails if there is no answer', async () => {
		const asked = script.map((part) => part.replace(':4000/', ':1/'));
		await expect(promisify(execFile)(process.execPath, asked)).rejects.toMatchObject({ code: 1 });
	});
});
