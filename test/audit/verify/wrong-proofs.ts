/** Every proof that differs from `proof` by one step: a hash changed, removed, added or repeated, or two exchanged. */
export function wrongProofs(proof: readonly Uint8Array[]): Uint8Array[][] {
	const extra = new Uint8Array(32).fill(7);
	const wrong: Uint8Array[][] = [
		[extra, ...proof],
		[...proof, extra],
	];
	for (const [at, hash] of proof.entries()) {
		const [before, after] = [proof.slice(0, at), proof.slice(at + 1)];
		wrong.push([...before, ...after], [...before, hash, hash, ...after], [...before, extra, ...after]);
		wrong.push([...before, flipBit(hash, at * 37), ...after]);
		for (const [offset, other] of after.entries()) {
			wrong.push([...before, other, ...after.slice(0, offset), hash, ...after.slice(offset + 1)]);
		}
	}
	return wrong;
}

/** A copy with the bit at `bit` flipped; the index wraps around. */
export function flipBit(bytes: Uint8Array, bit: number): Uint8Array {
	const at = (bit >> 3) % bytes.length;
	return bytes.map((byte, index) => (index === at ? byte ^ (1 << (bit & 7)) : byte));
}
