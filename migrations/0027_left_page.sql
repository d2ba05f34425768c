ALTER TABLE `posts` ADD `left_page` text;--> statement-breakpoint
ALTER TABLE `recaps` ADD `swept_at` integer;