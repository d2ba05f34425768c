CREATE TABLE `accounts` (
	`id` text PRIMARY KEY NOT NULL,
	`handle` text NOT NULL,
	`name` text NOT NULL,
	`time_zone` text NOT NULL,
	`hashtag` text NOT NULL,
	`shape` text NOT NULL,
	`policy` text NOT NULL,
	`texts` text NOT NULL,
	`avatar_hash` text,
	`created_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	`brake_at` integer,
	`brake_by` text,
	`brake_reason` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `accounts_handle_unique` ON `accounts` (`handle`);--> statement-breakpoint
CREATE TABLE `connections` (
	`account_id` text PRIMARY KEY NOT NULL,
	`state` text NOT NULL,
	`network_user_id` text,
	`network_handle` text,
	`access_token` text,
	`refresh_token` text,
	`access_expires_at` integer,
	`scope` text,
	`refresh_owner` text,
	`refresh_until` integer,
	`trouble` text,
	`changed_at` integer NOT NULL,
	`connected_by` text,
	`connected_at` integer,
	`renewed_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`connected_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `activity` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`account_id` text,
	`kind` text NOT NULL,
	`person_id` text,
	`week_id` text,
	`draft_id` text,
	`delivery_id` text,
	`details` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `activity_account` ON `activity` (`account_id`,`at`);--> statement-breakpoint
CREATE INDEX `activity_week` ON `activity` (`week_id`,`at`);--> statement-breakpoint
CREATE INDEX `activity_draft` ON `activity` (`draft_id`,`id`);--> statement-breakpoint
CREATE INDEX `activity_person` ON `activity` (`person_id`,`at`);--> statement-breakpoint
CREATE TABLE `decisions` (
	`id` text PRIMARY KEY NOT NULL,
	`draft_id` text NOT NULL,
	`revision` integer NOT NULL,
	`kind` text NOT NULL,
	`person_id` text,
	`own_work` integer DEFAULT false NOT NULL,
	`comment` text NOT NULL,
	`fingerprint` text NOT NULL,
	`frozen` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`draft_id`) REFERENCES `drafts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `decisions_draft` ON `decisions` (`draft_id`,`at`);--> statement-breakpoint
CREATE TABLE `draft_comments` (
	`id` text PRIMARY KEY NOT NULL,
	`draft_id` text NOT NULL,
	`person_id` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL,
	FOREIGN KEY (`draft_id`) REFERENCES `drafts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `draft_comments_draft` ON `draft_comments` (`draft_id`,`at`);--> statement-breakpoint
CREATE TABLE `draft_revisions` (
	`draft_id` text NOT NULL,
	`number` integer NOT NULL,
	`content` text NOT NULL,
	`author_id` text NOT NULL,
	`at` integer NOT NULL,
	PRIMARY KEY(`draft_id`, `number`),
	FOREIGN KEY (`draft_id`) REFERENCES `drafts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `drafts` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`week_id` text,
	`slot` text NOT NULL,
	`author_id` text NOT NULL,
	`week_host_id` text,
	`state` text NOT NULL,
	`revision` integer NOT NULL,
	`content` text NOT NULL,
	`sign_off` text NOT NULL,
	`wished_at` integer,
	`reply_to` text,
	`answering` text,
	`submitted_at` integer,
	`undecided_at` integer,
	`created_at` integer NOT NULL,
	`changed_at` integer NOT NULL,
	`changed_by` text,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`author_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`changed_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `drafts_queue` ON `drafts` (`account_id`,`state`,`submitted_at`);--> statement-breakpoint
CREATE INDEX `drafts_undecided` ON `drafts` (`state`,`wished_at`);--> statement-breakpoint
CREATE INDEX `drafts_week` ON `drafts` (`week_id`,`state`);--> statement-breakpoint
CREATE INDEX `drafts_slot` ON `drafts` (`account_id`,`slot`);--> statement-breakpoint
CREATE INDEX `drafts_reply` ON `drafts` (`account_id`,`reply_to`);--> statement-breakpoint
CREATE TABLE `image_uploads` (
	`hash` text NOT NULL,
	`account_id` text NOT NULL,
	`uploaded_by` text,
	`at` integer NOT NULL,
	PRIMARY KEY(`hash`, `account_id`),
	FOREIGN KEY (`hash`) REFERENCES `images`(`hash`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`uploaded_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `images` (
	`hash` text PRIMARY KEY NOT NULL,
	`media_type` text NOT NULL,
	`width` integer NOT NULL,
	`height` integer NOT NULL,
	`bytes` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `installation` (
	`id` integer PRIMARY KEY NOT NULL,
	`mode` text NOT NULL,
	`made_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `listening` (
	`account_id` text PRIMARY KEY NOT NULL,
	`newest_mention_id` text,
	`newest_own_id` text,
	`read_at` integer,
	`well_at` integer,
	`trouble` text,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `posts` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`week_id` text,
	`network_id` text NOT NULL,
	`kind` text NOT NULL,
	`author_network_id` text NOT NULL,
	`author_handle` text NOT NULL,
	`author_name` text NOT NULL,
	`text` text NOT NULL,
	`lang` text,
	`links` text NOT NULL,
	`images` text NOT NULL,
	`conversation_id` text,
	`reply_to` text,
	`created_at` integer NOT NULL,
	`numbers` text NOT NULL,
	`numbers_read_at` integer,
	`edited` integer DEFAULT false NOT NULL,
	`removed_at` integer,
	`chosen_at` integer,
	`chosen_by` text,
	`seen_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`chosen_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `posts_network_id` ON `posts` (`account_id`,`network_id`);--> statement-breakpoint
CREATE INDEX `posts_week` ON `posts` (`week_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `posts_reply` ON `posts` (`reply_to`);--> statement-breakpoint
CREATE INDEX `posts_read` ON `posts` (`account_id`,`numbers_read_at`);--> statement-breakpoint
CREATE TABLE `mails` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text,
	`person_id` text NOT NULL,
	`kind` text NOT NULL,
	`to` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`state` text NOT NULL,
	`week_host_id` text,
	`tries` integer DEFAULT 0 NOT NULL,
	`next_try_at` integer NOT NULL,
	`trouble` text,
	`created_at` integer NOT NULL,
	`sent_at` integer,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `mails_due` ON `mails` (`state`,`next_try_at`);--> statement-breakpoint
CREATE INDEX `mails_created` ON `mails` (`created_at`);--> statement-breakpoint
CREATE TABLE `sandbox_mails` (
	`id` text PRIMARY KEY NOT NULL,
	`to` text NOT NULL,
	`subject` text NOT NULL,
	`text` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `people` (
	`id` text PRIMARY KEY NOT NULL,
	`email` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `people_email_unique` ON `people` (`email`);--> statement-breakpoint
CREATE TABLE `roles` (
	`person_id` text NOT NULL,
	`account_id` text NOT NULL,
	`role` text NOT NULL,
	PRIMARY KEY(`person_id`, `account_id`),
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id_hash` text PRIMARY KEY NOT NULL,
	`person_id` text,
	`data` text NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `sessions_person` ON `sessions` (`person_id`);--> statement-breakpoint
CREATE INDEX `sessions_expiry` ON `sessions` (`expires_at`);--> statement-breakpoint
CREATE TABLE `sign_in_links` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`used_at` integer,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `attempts` (
	`id` text PRIMARY KEY NOT NULL,
	`delivery_id` text NOT NULL,
	`fence` integer NOT NULL,
	`sent` text NOT NULL,
	`newest_known_id` text,
	`at` integer NOT NULL,
	`deadline_at` integer NOT NULL,
	`outcome` text,
	`network_id` text,
	`trouble` text,
	`answered_at` integer,
	`looks` integer DEFAULT 0 NOT NULL,
	`next_look_at` integer,
	FOREIGN KEY (`delivery_id`) REFERENCES `deliveries`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `attempts_delivery` ON `attempts` (`delivery_id`,`at`);--> statement-breakpoint
CREATE INDEX `attempts_open` ON `attempts` (`outcome`,`deadline_at`);--> statement-breakpoint
CREATE INDEX `attempts_look` ON `attempts` (`next_look_at`);--> statement-breakpoint
CREATE TABLE `deliveries` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`week_id` text,
	`draft_id` text NOT NULL,
	`decision_id` text NOT NULL,
	`position` integer NOT NULL,
	`parts` integer NOT NULL,
	`state` text NOT NULL,
	`queued_at` integer NOT NULL,
	`due_at` integer NOT NULL,
	`not_before` integer,
	`payload` text NOT NULL,
	`network_user_id` text,
	`held_reason` text,
	`trouble` text,
	`likeness` text NOT NULL,
	`network_id` text,
	`posted_at` integer,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`draft_id`) REFERENCES `drafts`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`decision_id`) REFERENCES `decisions`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_part` ON `deliveries` (`decision_id`,`position`);--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_network_id` ON `deliveries` (`account_id`,`network_id`);--> statement-breakpoint
CREATE UNIQUE INDEX `deliveries_likeness` ON `deliveries` (`account_id`,`likeness`) WHERE state in ('waiting', 'held', 'sending', 'unknown');--> statement-breakpoint
CREATE INDEX `deliveries_due` ON `deliveries` (`state`,`due_at`);--> statement-breakpoint
CREATE INDEX `deliveries_draft` ON `deliveries` (`draft_id`,`position`);--> statement-breakpoint
CREATE INDEX `deliveries_account` ON `deliveries` (`account_id`,`due_at`);--> statement-breakpoint
CREATE INDEX `deliveries_week` ON `deliveries` (`week_id`,`due_at`);--> statement-breakpoint
CREATE TABLE `leases` (
	`name` text PRIMARY KEY NOT NULL,
	`owner` text NOT NULL,
	`fence` integer NOT NULL,
	`until` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `removals` (
	`delivery_id` text PRIMARY KEY NOT NULL,
	`person_id` text NOT NULL,
	`reason` text NOT NULL,
	`at` integer NOT NULL,
	`tries` integer DEFAULT 0 NOT NULL,
	`stuck_at` integer,
	FOREIGN KEY (`delivery_id`) REFERENCES `deliveries`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `timelines` (
	`account_id` text PRIMARY KEY NOT NULL,
	`newest_id` text,
	`read_at` integer NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `uploads` (
	`delivery_id` text NOT NULL,
	`image_hash` text NOT NULL,
	`media_id` text NOT NULL,
	`media_key` text,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`delivery_id`, `image_hash`),
	FOREIGN KEY (`delivery_id`) REFERENCES `deliveries`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `recap_blocks` (
	`id` text PRIMARY KEY NOT NULL,
	`recap_id` text NOT NULL,
	`position` integer NOT NULL,
	`kind` text NOT NULL,
	`source` text NOT NULL,
	`content` text NOT NULL,
	`hidden` integer DEFAULT false NOT NULL,
	`by_person` integer DEFAULT false NOT NULL,
	FOREIGN KEY (`recap_id`) REFERENCES `recaps`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `recap_blocks_source` ON `recap_blocks` (`recap_id`,`source`);--> statement-breakpoint
CREATE INDEX `recap_blocks_order` ON `recap_blocks` (`recap_id`,`position`);--> statement-breakpoint
CREATE TABLE `recap_editions` (
	`recap_id` text NOT NULL,
	`edition` integer NOT NULL,
	`page` text NOT NULL,
	`published_at` integer NOT NULL,
	`published_by` text,
	PRIMARY KEY(`recap_id`, `edition`),
	FOREIGN KEY (`recap_id`) REFERENCES `recaps`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`published_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `recaps` (
	`id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`state` text NOT NULL,
	`generated_at` integer NOT NULL,
	`published_at` integer,
	`published_by` text,
	`edition` integer DEFAULT 0 NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`published_by`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `recaps_week_id_unique` ON `recaps` (`week_id`);--> statement-breakpoint
CREATE TABLE `events` (
	`id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`name` text NOT NULL,
	`hashtag` text NOT NULL,
	`place` text NOT NULL,
	`starts_at` integer NOT NULL,
	`ends_at` integer NOT NULL,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `events_week` ON `events` (`week_id`);--> statement-breakpoint
CREATE TABLE `invitations` (
	`token_hash` text PRIMARY KEY NOT NULL,
	`week_host_id` text NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`week_host_id`) REFERENCES `week_hosts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `invitations_host` ON `invitations` (`week_host_id`);--> statement-breakpoint
CREATE TABLE `week_hosts` (
	`id` text PRIMARY KEY NOT NULL,
	`week_id` text NOT NULL,
	`person_id` text NOT NULL,
	`name` text NOT NULL,
	`handle` text NOT NULL,
	`job` text NOT NULL,
	`organisation` text NOT NULL,
	`biography` text NOT NULL,
	`portrait_hash` text,
	`sign_off` text NOT NULL,
	`created_at` integer NOT NULL,
	`invited_at` integer,
	`accepted_at` integer,
	`ended_at` integer,
	`ending` text,
	FOREIGN KEY (`week_id`) REFERENCES `weeks`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`person_id`) REFERENCES `people`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `week_hosts_current` ON `week_hosts` (`week_id`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `week_hosts_person` ON `week_hosts` (`person_id`);--> statement-breakpoint
CREATE TABLE `weeks` (
	`id` text PRIMARY KEY NOT NULL,
	`account_id` text NOT NULL,
	`slot` text NOT NULL,
	`kind` text NOT NULL,
	`state` text NOT NULL,
	`theme` text NOT NULL,
	`why` text NOT NULL,
	`opens_at` integer NOT NULL,
	`closes_at` integer NOT NULL,
	`announced_at` integer,
	`closed_at` integer,
	`created_at` integer NOT NULL,
	`version` integer DEFAULT 1 NOT NULL,
	FOREIGN KEY (`account_id`) REFERENCES `accounts`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `weeks_slot` ON `weeks` (`account_id`,`slot`) WHERE state <> 'cancelled';--> statement-breakpoint
CREATE INDEX `weeks_closing` ON `weeks` (`state`,`closes_at`);