import { HttpLink } from '@apollo/client';
import { v7 as uuidv7 } from 'uuid';
import { makeScene, type Person, type Scene } from '../attacks/scene.ts';
import { type Connecting, connect } from './apollo-client.ts';
import { CreateThreadDocument } from './operations.generated.ts';

export { makeScene, type Scene };

/** A new client with an empty cache. The default token is that of the first firm's member. */
export const clientOf = (
	{ api, north }: Scene,
	{ token = () => north.member, ...given }: Partial<Omit<Connecting, 'token'>> & { token?: () => Person } = {},
) => connect({ transport: new HttpLink({ uri: `${api.url}/graphql` }), token: () => `${token()}`, ...given });

/** Creates this many threads one after the other. Returns their ids in that order. */
export async function beginThreads(scene: Scene, count: number, token = scene.north.member): Promise<string[]> {
	const client = clientOf(scene, { token: () => `${token}` });
	const ids = Array.from({ length: count }, () => uuidv7());
	for (const id of ids) await client.mutate({ mutation: CreateThreadDocument, variables: { input: { id } } });
	return ids;
}
