// The HPKE library asks for Node's module where WebCrypto is missing. In a browser there is none, and it says so itself.
export const webcrypto = undefined;
