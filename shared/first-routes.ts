/** The operations that the first view of the page needs, apart from the others so that it downloads no more. */
export const firstRoutes = {
  challengeOtp: { method: "POST", path: "/otp/challenge" },
  getSession: { method: "GET", path: "/session" },
  getConfig: { method: "GET", path: "/config" },
} as const satisfies Record<string, { readonly method: string; readonly path: string }>;
