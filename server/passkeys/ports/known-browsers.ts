/** The port that recognises a browser in which an account has made or used a passkey before. */
import type { Request, Response } from "express";

export interface BrowserMemory {
  knows(req: Request, userId: string): Promise<boolean>;
  remember(req: Request, res: Response, userId: string): Promise<void>;
}

/** Knows nobody: every browser is offered a passkey by the account's own answers. */
export const noBrowserMemory: BrowserMemory = {
  knows: async () => false,
  remember: async () => {},
};
