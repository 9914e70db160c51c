/**
 * Frees memory at once. Left to the garbage collector, which such buffers keep busy, it costs nearly as much again as the cipher
 * (bench/README.md). Only a buffer that has its memory for itself.
 */
export function freeBuffer({ buffer, byteLength }: Uint8Array): void {
	if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
