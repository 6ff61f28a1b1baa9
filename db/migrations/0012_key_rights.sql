-- Keys are made and revoked by whoever owns the database (uptick key). The web process notes their use.

revoke update on api_keys from uptick_web;
grant update (last_used_at) on api_keys to uptick_web;
