import { openCloak } from '../../cloak.ts';
import type { FieldPeer } from './peer.ts';

export async function openCloakPeer(): Promise<FieldPeer> {
	const { encrypt, decrypt } = await openCloak();
	return { name: '@47ng/cloak', encrypt, decrypt: (stored) => decrypt(stored as string) };
}
