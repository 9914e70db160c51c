import { HttpLink } from '@apollo/client';
import { v7 as uuidv7 } from 'uuid';
import { OpenFieldsLink } from '../../src/client/apollo-link.ts';
import type { Opener } from '../../src/client/index.ts';
import { type Scene as AnyScene, makeScene as makeAnyScene, type Person } from '../attacks/scene.ts';
import { idOf } from '../support/claims.ts';
import { type Connecting, connect } from './apollo-client.ts';
import { CreateNoteDocument, CreateThreadDocument } from './operations.generated.ts';
import { beginCustody, joinThrough } from './vault-client.ts';

export interface Scene extends AnyScene {
	/** What opens the content of the first firm, by person. Empty if the content is in the platform’s custody. */
	readonly openers: ReadonlyMap<string, Opener>;
}

let isFirmCustody = false;

/** For a file that runs another one’s tests: every scene made from now on has a first firm whose content only its devices open. */
export function inFirmCustody(is = true): void {
	isFirmCustody = is;
}

export async function makeScene(...given: Parameters<typeof makeAnyScene>): Promise<Scene> {
	const scene = await makeAnyScene(...given);
	if (!isFirmCustody) return { ...scene, openers: new Map() };
	const { north } = scene;
	const owner = await beginCustody(scene, ['NOTE', 'COMMUNICATION', 'BILLING']);
	const member = await joinThrough(scene, owner, north.member);
	const openers = new Map([owner, member].map((device) => [idOf(device.person), device.firmseal]));
	const ours: Scene = { ...scene, openers };
	return {
		...ours,
		async write(content, firm = north) {
			if (firm !== north) return scene.write(content, firm);
			const id = content.id ?? uuidv7();
			await clientOf(ours).mutate({ mutation: CreateNoteDocument, variables: { input: { ...content, id } } });
			return id;
		},
	};
}

function transportOf(scene: Scene, token: Person) {
	const http = new HttpLink({ uri: `${scene.api.url}/graphql` });
	const opener = scene.openers.size > 0 ? scene.openers.get(idOf(token)) : undefined;
	return opener ? new OpenFieldsLink(opener).concat(http) : http;
}

/** A new client with an empty cache. The default token is that of the first firm's member. */
export const clientOf = (
	scene: Scene,
	{ token = () => scene.north.member, ...given }: Partial<Omit<Connecting, 'token'>> & { token?: () => Person } = {},
) => connect({ transport: given.transport ?? transportOf(scene, token()), token: () => `${token()}`, ...given });

/** Creates this many threads one after the other. Returns their ids in that order. */
export async function beginThreads(scene: Scene, count: number, token = scene.north.member): Promise<string[]> {
	const client = clientOf(scene, { token: () => `${token}` });
	const ids = Array.from({ length: count }, () => uuidv7());
	for (const id of ids) await client.mutate({ mutation: CreateThreadDocument, variables: { input: { id } } });
	return ids;
}
